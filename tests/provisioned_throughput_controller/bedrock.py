"""Bedrock's provisioned throughput as a stateful fake on a virtual clock: half of the account in aws.py."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from kit_contract.tags import DEPLOYMENT_TAG

ACCOUNT_ARN = "arn:aws:bedrock:us-east-1:111122223333"
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
MODEL = f"{ACCOUNT_ARN}:custom-model/amazon.nova-micro-v1:0:128k/aaaaaaaaaaaa"
OWNER = "sup-provisioned-throughput/Support"
CREATING = timedelta(minutes=3)
UPDATING = timedelta(minutes=2)
TERM_DAYS = {"OneMonth": 30, "SixMonths": 183}


class Refused(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message


class FakeBedrock:
    """`log` contains every mutating call. `counts_calls`: whether the metric counts calls under the ARN."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.throughputs: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        self.refuse_create: Refused | None = None
        self.refuse_converse: Refused | None = None
        self.fails = ""
        self._numbers = count()
        self.counts_calls = True
        self.invocations: list[tuple[datetime, str]] = []
        self.log: list[str] = []
        self.model_owners: dict[str, str] = {}  # of custom models that are another deployment's

    def plant(self, **changes: Any) -> dict[str, Any]:
        """Add a throughput that is in service."""
        fixed = {"name": "sup-support", "model": MODEL, "units": 1, "owner": OWNER}
        order = {**fixed, "created": self.now - timedelta(hours=1), **changes}
        return self._add(**order)

    def _add(self, *, name: str, model: str, units: int, owner: str, created: datetime, **more: Any) -> dict[str, Any]:
        arn = f"{ACCOUNT_ARN}:provisioned-model/{next(self._numbers):012d}"
        tags = {"bedrock-kit:deployment": "sup", "bedrock-kit:alias": "bot", "bedrock-kit:resource": owner}
        fixed = {"arn": arn, "name": name, "units": units, "model": model, "desired": model, "created": created}
        self.throughputs[arn] = {"updated": None, "commitment": None, "end": None, "tags": tags, **fixed, **more}
        return self.throughputs[arn]

    def status(self, item: dict[str, Any]) -> str:
        if item.get("failed"):
            return "Failed"
        if self.now < item["created"] + CREATING:
            return "Creating"
        return "Updating" if item["updated"] and self.now < item["updated"] + UPDATING else "InService"

    def _find(self, identifier: str) -> dict[str, Any]:
        for item in self.throughputs.values():
            if identifier in (item["arn"], item["name"]):
                return item
        raise Refused("ResourceNotFoundException")

    def _CreateProvisionedModelThroughput(self, **order: Any) -> dict[str, Any]:
        if self.refuse_create:
            raise self.refuse_create
        if {"key": DEPLOYMENT_TAG, "value": "sup"} not in order["tags"]:
            raise Refused("AccessDeniedException", "not authorized: aws:RequestTag")
        token = order["clientRequestToken"]
        if token in self.tokens:
            return {"provisionedModelArn": self.tokens[token]}
        if any(item["name"] == order["provisionedModelName"] for item in self.throughputs.values()):
            raise Refused("ValidationException", "the name is in use")
        tags = {tag["key"]: tag["value"] for tag in order["tags"]}
        commitment = order.get("commitmentDuration")
        end = self.now + timedelta(days=TERM_DAYS[commitment]) if commitment else None
        item = self._add(
            name=order["provisionedModelName"],
            model=order["modelId"]
            if order["modelId"].startswith("arn:")
            else f"{BASE.rpartition('/')[0]}/{order['modelId']}",
            units=order["modelUnits"],
            owner="",
            created=self.now,
            **{"commitment": commitment, "end": end, "tags": tags, "failed": self.fails},
        )
        self.tokens[token] = item["arn"]
        self.log.append(f"create {item['name']} x{item['units']} {item['model'][-12:]}")
        return {"provisionedModelArn": item["arn"]}

    def _GetProvisionedModelThroughput(self, provisionedModelId: str) -> dict[str, Any]:
        item = self._find(provisionedModelId)
        if item["tags"].get(DEPLOYMENT_TAG, "sup") != "sup":
            raise Refused("AccessDeniedException", "not authorized: aws:ResourceTag")
        return self._view(item)

    def _find_own(self, identifier: str) -> dict[str, Any]:
        """What the role may change: the permissions of both roles that buy throughputs require the tag."""
        item = self._find(identifier)
        if item["tags"].get(DEPLOYMENT_TAG) != "sup":
            raise Refused("AccessDeniedException", "not authorized: aws:ResourceTag")
        return item

    def _ListProvisionedModelThroughputs(self, **_: Any) -> dict[str, Any]:
        views = [self._view(item) for item in self.throughputs.values()]
        return {"provisionedModelSummaries": [{k: v for k, v in one.items() if k != "failureMessage"} for one in views]}

    def _view(self, item: dict[str, Any]) -> dict[str, Any]:
        swapping = self.status(item) == "Updating"
        view = {
            "provisionedModelArn": item["arn"],
            "provisionedModelName": item["name"],
            "modelUnits": item["units"],
            "desiredModelUnits": item["units"],
            "modelArn": item["model"] if swapping else item["desired"],
            "desiredModelArn": item["desired"],
            "foundationModelArn": BASE,
            "status": self.status(item),
            "creationTime": item["created"],
            "lastModifiedTime": item.get("updated") or item["created"],
        }
        more = {"commitmentDuration": item["commitment"], "commitmentExpirationTime": item["end"]}
        return (
            view
            | ({"failureMessage": item["failed"]} if item.get("failed") else {})
            | {k: v for k, v in more.items() if v}
        )

    def _UpdateProvisionedModelThroughput(self, provisionedModelId: str, **wanted: str) -> dict[str, Any]:
        item = self._find_own(provisionedModelId)
        if self.status(item) != "InService":
            raise Refused("ConflictException", "busy")
        if model := wanted.get("desiredModelId"):
            item.update(model=item["desired"], desired=model, updated=self.now)
            self.log.append(f"swap {item['name']} {model[-12:]}")
        if name := wanted.get("desiredProvisionedModelName"):
            self.log.append(f"rename {item['name']} {name}")
            item["name"] = name
        return {}

    def _DeleteProvisionedModelThroughput(self, provisionedModelId: str) -> dict[str, Any]:
        item = self._find_own(provisionedModelId)
        if self.status(item) in ("Creating", "Updating"):
            raise Refused("ConflictException", "busy")
        if item["end"] and item["end"] > self.now:
            raise Refused("ConflictException", "committed")
        del self.throughputs[item["arn"]]
        self.log.append(f"delete {item['name']}")
        return {}

    def _ListTagsForResource(self, resourceARN: str) -> dict[str, Any]:
        if ":custom-model/" in resourceARN:
            owner = self.model_owners.get(resourceARN, "sup")
            return {"tags": [{"key": "bedrock-kit:deployment", "value": owner}]}
        return {"tags": [{"key": key, "value": value} for key, value in self._find(resourceARN)["tags"].items()]}

    def _ListCustomModels(self, **_: Any) -> dict[str, Any]:
        return {"modelSummaries": []}

    def _Converse(self, modelId: str, **_: Any) -> dict[str, Any]:
        self._find(modelId)
        if self.refuse_converse:
            raise self.refuse_converse
        self.invocations.append((self.now, modelId if self.counts_calls else "something else"))
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": "p"}]}},
            "stopReason": "max_tokens",
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
            "metrics": {"latencyMs": 1},
        }
