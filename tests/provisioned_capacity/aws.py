"""Bedrock, SSM, Service Quotas, CloudWatch and SNS as one stateful fake with a virtual clock, for real boto3 clients.

Every call is checked against botocore's model, parameters and answer alike. Only what the tests need is in it; an
operation that is not there fails the test.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.validate import validate_parameters

from provisioned_capacity.bookkeeping import Books, Clients
from provisioned_capacity.notices import Notices

ACCOUNT_ARN = "arn:aws:bedrock:us-east-1:111122223333"
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
MODEL = f"{ACCOUNT_ARN}:custom-model/amazon.nova-micro-v1:0:128k/aaaaaaaaaaaa"
NEW_MODEL = f"{ACCOUNT_ARN}:custom-model/amazon.nova-micro-v1:0:128k/bbbbbbbbbbbb"
TOPIC = "arn:aws:sns:us-east-1:111122223333:notices"
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)  # 08:00 in Vienna
CREATING = timedelta(minutes=3)
UPDATING = timedelta(minutes=2)
TERM_DAYS = {"OneMonth": 30, "SixMonths": 183}
OWNER = "sup-provisioned-throughput/Support"
PROPERTIES: dict[str, Any] = {
    "ProvisionedModelName": "sup-support",
    "KitDeployment": "sup",
    "ModelUnits": "1",
    "Customization": "support",
    "Alias": "bot",
    "AcceptedHourlyCostUsd": "60.5",
}
WEEKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "20:00", "time_zone": "Europe/Vienna"}


class Refused(Exception):
    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code, self.message = code, message


class FakeAws:
    """`now` moves with `sleep` only. `log` holds every mutating call of Bedrock, `told` every message."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.parameters: dict[str, str] = {}
        self.throughputs: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        self.units_allowed: float | None = 10.0
        self.refuse_create: Refused | None = None
        self.fails = ""
        self.invocations: list[tuple[datetime, str]] = []
        self.log: list[str] = []
        self.told: list[str] = []
        self.before: Callable[[str], None] = lambda operation: None

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def books(self, name: str = "sup-support") -> Books:
        clients = Clients(*(self.client(service) for service in ("bedrock", "ssm", "service-quotas", "cloudwatch")))
        return Books(clients, Notices(self.client("sns"), TOPIC), "sup", name, lambda: self.now)

    def client(self, service: str) -> Any:
        """A real client: it checks parameters itself and raises its own errors; only the network is this fake."""
        client = _session().client(service)

        def given(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["given"] = params

        def answered(model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
            self.before(model.name)
            try:
                answer: dict[str, Any] = getattr(self, f"_{model.name}")(**context["given"])
            except Refused as refused:
                return SimpleNamespace(status_code=400), {"Error": {"Code": refused.code, "Message": refused.message}}
            if model.output_shape is not None:
                validate_parameters(answer, model.output_shape)
            return SimpleNamespace(status_code=200), answer

        client.meta.events.register("before-parameter-build.*.*", given)
        client.meta.events.register("before-call.*.*", answered)
        return client

    def deploy(
        self,
        *,
        ledger: dict[str, Any] | None = None,
        model: str | None = MODEL,
        promoted_at: datetime | None = None,
        **settings: Any,
    ) -> None:
        """What a deploy leaves: settings, a ledger, a promoted model."""
        value = {"owner": OWNER, "properties": {**PROPERTIES, **settings.pop("properties", {})}, **settings}
        opened = {"state": "released", "since": self.now.isoformat(), "why": "waits for its schedule", "who": "test"}
        self.parameters["/bedrock-kit/sup/capacity/sup-support/settings"] = json.dumps(value)
        self.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(opened | (ledger or {}))
        if model:
            when = {"promoted_at": promoted_at.isoformat()} if promoted_at else {}
            promoted = json.dumps({"custom_model_arn": model} | when)
            self.parameters["/bedrock-kit/sup/customizations/support/promoted"] = promoted

    def undeploy(self) -> None:
        del self.parameters["/bedrock-kit/sup/capacity/sup-support/settings"]

    def parameter(self, path: str) -> Any:
        return json.loads(self.parameters.get(f"/bedrock-kit/sup/{path}", "null"))

    @property
    def ledger(self) -> Any:
        return self.parameter("capacity/sup-support/ledger")

    @property
    def published(self) -> Any:
        return self.parameter("aliases/bot/capacity")

    def plant(self, **changes: Any) -> dict[str, Any]:
        """A throughput that is there already, in service."""
        order = {"name": "sup-support", "model": MODEL, "units": 1, "owner": OWNER, **changes}
        return self._add(created=self.now - timedelta(hours=1), **order)

    def _add(self, *, name: str, model: str, units: int, owner: str, created: datetime, **more: Any) -> dict[str, Any]:
        arn = f"{ACCOUNT_ARN}:provisioned-model/{len(self.tokens) + len(self.throughputs):012d}"
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
        return self._view(self._find(provisionedModelId))

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
        item = self._find(provisionedModelId)
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
        item = self._find(provisionedModelId)
        if self.status(item) in ("Creating", "Updating"):
            raise Refused("ConflictException", "busy")
        if item["end"] and item["end"] > self.now:
            raise Refused("ConflictException", "committed")
        del self.throughputs[item["arn"]]
        self.log.append(f"delete {item['name']}")
        return {}

    def _ListTagsForResource(self, resourceARN: str) -> dict[str, Any]:
        return {"tags": [{"key": key, "value": value} for key, value in self._find(resourceARN)["tags"].items()]}

    def _ListCustomModels(self, **_: Any) -> dict[str, Any]:
        return {"modelSummaries": []}

    def _GetParameter(self, Name: str) -> dict[str, Any]:
        if Name not in self.parameters:
            raise Refused("ParameterNotFound")
        return {"Parameter": {"Name": Name, "Value": self.parameters[Name]}}

    def _PutParameter(self, Name: str, Value: str, **_: Any) -> dict[str, Any]:
        self.parameters[Name] = Value
        return {"Version": 1}

    def _DeleteParameter(self, Name: str) -> dict[str, Any]:
        if self.parameters.pop(Name, None) is None:
            raise Refused("ParameterNotFound")
        return {}

    def _GetServiceQuota(self, ServiceCode: str, QuotaCode: str) -> dict[str, Any]:
        if self.units_allowed is None:
            raise Refused("NoSuchResourceException")
        return {"Quota": {"ServiceCode": ServiceCode, "QuotaCode": QuotaCode, "Value": self.units_allowed}}

    def _GetMetricStatistics(self, **query: Any) -> dict[str, Any]:
        (dimension,) = query["Dimensions"]
        calls = [
            moment
            for moment, arn in self.invocations
            if arn == dimension["Value"] and query["StartTime"] <= moment < query["EndTime"]
        ]
        return {"Label": "Invocations", "Datapoints": [{"Timestamp": moment, "Sum": 1.0} for moment in calls]}

    def _Publish(self, TopicArn: str, Subject: str, Message: str) -> dict[str, Any]:
        assert TopicArn == TOPIC
        assert len(Subject) <= 100
        assert Subject.isascii()
        self.told.append(f"{Subject}: {Message}")
        return {"MessageId": "1"}


@cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
