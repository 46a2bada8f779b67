"""Bedrock's control plane with its rules: tokens, names, states over time, commitments, quotas, lists that lag."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.cloudformation_harness.jobs import Jobs
from tests.cloudformation_harness.refusals import Refusal

PREFIX = "arn:aws:bedrock:us-east-1:111122223333:"
NOVA = "amazon.nova-micro-v1:0:128k"
DAY = 86_400.0
COMMITMENT_DAYS = {"OneMonth": 30, "SixMonths": 183}
Given = Mapping[str, Any]


@dataclass
class Thing:
    """A provisioned throughput or a custom model deployment."""

    arn: str
    name: str
    model: str
    created: float
    tags: dict[str, str]
    units: int = 1
    commitment: str | None = None
    next_model: str = ""
    updated: float | None = None
    fails: bool = False
    deleted: float | None = None
    seen_from: float = 0.0


@dataclass
class Settings:
    """What a test may set: seconds, quota, and which new things end as Failed."""

    creating: float = 600.0
    updating: float = 240.0
    lag: float = 0.0
    unit_quota: int = 10
    fail: Callable[[str], bool] = field(default=lambda name: False)


class Bedrock:
    """Every public method is an operation of the API, in snake case."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.settings = Settings()
        self.throughputs: list[Thing] = []
        self.deployments: list[Thing] = []
        self.models: dict[str, float] = {}
        self.agreements: dict[str, float] = {}
        self.jobs = Jobs(clock)
        self.purchases = 0
        self._clock = clock
        self._tokens: dict[str, tuple[dict[str, Any], str]] = {}
        self._count = 0

    # Provisioned throughput

    def create_provisioned_model_throughput(self, given: Given) -> dict[str, Any]:
        earlier = self._same_token(given)
        if earlier:
            return {"provisionedModelArn": earlier}
        self._refuse_taken(self.throughputs, given["provisionedModelName"])
        used = sum(item.units for item in self.throughputs if item.deleted is None)
        if used + given["modelUnits"] > self.settings.unit_quota:
            raise Refusal("ServiceQuotaExceededException", "the account has no model units left")
        item = self._new("provisioned-model", given["provisionedModelName"], given["modelId"], given)
        item.units, item.commitment = given["modelUnits"], given.get("commitmentDuration")
        self.throughputs.append(item)
        self.purchases += 1
        return {"provisionedModelArn": self._remember(given, item.arn)}

    def update_provisioned_model_throughput(self, given: Given) -> dict[str, Any]:
        item = self._find(self.throughputs, given["provisionedModelId"])
        if self.status(item) != "InService":
            raise Refusal("ConflictException", f"{item.name} is {self.status(item)}")
        self._swap(item, given["desiredModelId"])
        return {}

    def get_provisioned_model_throughput(self, given: Given) -> dict[str, Any]:
        item = self._find(self.throughputs, given["provisionedModelId"])
        return self._throughput(item)

    def list_provisioned_model_throughputs(self, given: Given) -> dict[str, Any]:
        seen = [item for item in self.throughputs if self._visible(item)]
        wanted = ("provisionedModelName", "provisionedModelArn", "modelArn", "desiredModelArn", "foundationModelArn")
        keys = (*wanted, "modelUnits", "desiredModelUnits", "status", "creationTime", "lastModifiedTime")
        views = [self._throughput(item) for item in seen if given.get("nameContains", "") in item.name]
        return {"provisionedModelSummaries": [{key: view[key] for key in keys} for view in views]}

    def delete_provisioned_model_throughput(self, given: Given) -> dict[str, Any]:
        item = self._find(self.throughputs, given["provisionedModelId"])
        if item.deleted is not None:
            raise Refusal("ResourceNotFoundException", f"{item.name} is not there")
        if self.status(item) in ("Creating", "Updating"):
            raise Refusal("ConflictException", f"{item.name} is {self.status(item)}")
        if self._committed_until(item) > self._clock():
            raise Refusal("ConflictException", f"{item.name} has a commitment")
        item.deleted = self._clock()
        return {}

    # Custom model deployments

    def create_custom_model_deployment(self, given: Given) -> dict[str, Any]:
        earlier = self._same_token(given)
        if earlier:
            return {"customModelDeploymentArn": earlier}
        self._refuse_taken(self.deployments, given["modelDeploymentName"])
        item = self._new("custom-model-deployment", given["modelDeploymentName"], given["modelArn"], given)
        self.deployments.append(item)
        return {"customModelDeploymentArn": self._remember(given, item.arn)}

    def update_custom_model_deployment(self, given: Given) -> dict[str, Any]:
        item = self._find(self.deployments, given["customModelDeploymentIdentifier"])
        if self.status(item) != "InService":
            raise Refusal("ConflictException", f"{item.name} is {self.status(item)}")
        self._swap(item, given["modelArn"])
        return {"customModelDeploymentArn": item.arn}

    def get_custom_model_deployment(self, given: Given) -> dict[str, Any]:
        item = self._find(self.deployments, given["customModelDeploymentIdentifier"])
        status = {"InService": "Active", "Updating": "Active"}.get(self.status(item), self.status(item))
        view: dict[str, Any] = {
            "customModelDeploymentArn": item.arn,
            "modelDeploymentName": item.name,
            "modelArn": item.model if self.status(item) == "Updating" else item.next_model,
            "createdAt": _date(item.created),
            "status": status,
        }
        if item.updated is not None:
            state = "Updating" if self.status(item) == "Updating" else "UpdateCompleted"
            view["updateDetails"] = {"modelArn": item.next_model, "updateStatus": state}
        if status == "Failed":
            view["failureMessage"] = "no capacity for it"
        return view

    def delete_custom_model_deployment(self, given: Given) -> dict[str, Any]:
        item = self._find(self.deployments, given["customModelDeploymentIdentifier"])
        if item.deleted is not None:
            raise Refusal("ResourceNotFoundException", f"{item.name} is not there")
        if self.status(item) in ("Creating", "Updating"):
            raise Refusal("ConflictException", f"{item.name} is {self.status(item)}")
        item.deleted = self._clock()
        return {}

    # Tags, models, agreements

    def list_model_customization_jobs(self, given: Given) -> dict[str, Any]:
        return self.jobs.list_jobs(given)

    def stop_model_customization_job(self, given: Given) -> dict[str, Any]:
        return self.jobs.stop(given)

    def list_tags_for_resource(self, given: Given) -> dict[str, Any]:
        if ":model-customization-job/" in given["resourceARN"]:
            return {"tags": self.jobs.find(given["resourceARN"]).given["jobTags"]}
        item = self._find([*self.throughputs, *self.deployments], given["resourceARN"])
        return {"tags": [{"key": key, "value": value} for key, value in item.tags.items()]}

    def list_custom_models(self, given: Given) -> dict[str, Any]:
        newest = sorted(self.models, key=lambda arn: -self.models[arn])
        return {
            "modelSummaries": [
                {
                    "modelArn": arn,
                    "modelName": arn.rpartition("/")[2],
                    "creationTime": _date(self.models[arn]),
                    "baseModelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",
                    "baseModelName": "Nova Micro",
                }
                for arn in newest
                if given.get("nameContains", "") in arn
            ]
        }

    def get_custom_model(self, given: Given) -> dict[str, Any]:
        for arn, created in self.models.items():
            if given["modelIdentifier"] in (arn, arn.rpartition("/")[2]):
                return {"modelArn": arn, "modelName": arn.rpartition("/")[2], "creationTime": _date(created)}
        raise Refusal("ResourceNotFoundException", f"{given['modelIdentifier']} is not there")

    def get_foundation_model_availability(self, given: Given) -> dict[str, Any]:
        agreed = self.agreements.get(given["modelId"])
        status = "NOT_AVAILABLE" if agreed is None else "PENDING" if self._clock() < agreed + 20 else "AVAILABLE"
        return {
            "modelId": given["modelId"],
            "agreementAvailability": {"status": status},
            "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE",
            "regionAvailability": "AVAILABLE",
        }

    def list_foundation_model_agreement_offers(self, given: Given) -> dict[str, Any]:
        terms: dict[str, Any] = {"usageBasedPricingTerm": {"rateCard": []}, "legalTerm": {}, "supportTerm": {}}
        offer = {"offerToken": "offer", "termDetails": terms}
        return {"modelId": given["modelId"], "offers": [offer]}

    def create_foundation_model_agreement(self, given: Given) -> dict[str, Any]:
        if given["modelId"] in self.agreements:
            raise Refusal("ConflictException", "agreed already")
        self.agreements[given["modelId"]] = self._clock()
        return {"modelId": given["modelId"]}

    def delete_foundation_model_agreement(self, given: Given) -> dict[str, Any]:
        if self.agreements.pop(given["modelId"], None) is None:
            raise Refusal("ResourceNotFoundException", "not agreed")
        return {}

    # What a test asks

    def billed(self) -> list[Thing]:
        """What costs money by the hour, or keeps a name that only its owner may have."""
        return [item for item in (*self.throughputs, *self.deployments) if item.deleted is None]

    def plant(self, kind: str, name: str, *, tags: dict[str, str] | None = None) -> Thing:
        """Somebody else's, InService for an hour already."""
        item = self._new(kind, name, f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}", {})
        item.created, item.tags, item.seen_from = self._clock() - 3600, tags or {}, 0.0
        (self.throughputs if kind == "provisioned-model" else self.deployments).append(item)
        return item

    def status(self, item: Thing) -> str:
        now = self._clock()
        if now < item.created + self.settings.creating:
            return "Creating"
        if item.fails:
            return "Failed"
        updating = item.updated is not None and now < item.updated + self.settings.updating
        return "Updating" if updating else "InService"

    # Rules

    def _new(self, kind: str, name: str, model: str, given: Given) -> Thing:
        self._count += 1
        tags = {tag["key"]: tag["value"] for tag in given.get("tags", [])}
        arn, now = f"{PREFIX}{kind}/{self._count:012d}", self._clock()
        seen_from = now + self.settings.lag
        return Thing(arn, name, model, now, tags, next_model=model, fails=self.settings.fail(name), seen_from=seen_from)

    def _swap(self, item: Thing, model: str) -> None:
        item.model, item.next_model, item.updated = item.next_model, model, self._clock()

    def _find(self, items: list[Thing], identifier: str) -> Thing:
        for item in items:
            if identifier in (item.arn, item.name) and self._visible(item):
                return item
        raise Refusal("ResourceNotFoundException", f"{identifier} is not there")

    def _visible(self, item: Thing) -> bool:
        gone = item.deleted is not None and self._clock() >= item.deleted + self.settings.lag
        return self._clock() >= item.seen_from and not gone

    def _refuse_taken(self, items: list[Thing], name: str) -> None:
        if any(item.name == name and item.deleted is None for item in items):
            raise Refusal("ValidationException", f"the name {name} is in use")

    def _same_token(self, given: Given) -> str:
        """What the same token made, whatever became of it since."""
        before, arn = self._tokens.get(given.get("clientRequestToken", ""), ({}, ""))
        if arn and before != dict(given):
            raise Refusal("ValidationException", "the token was used with other parameters")
        return arn

    def _remember(self, given: Given, arn: str) -> str:
        if "clientRequestToken" in given:
            self._tokens[given["clientRequestToken"]] = (copy.deepcopy(dict(given)), arn)
        return arn

    def _committed_until(self, item: Thing) -> float:
        return item.created + COMMITMENT_DAYS.get(item.commitment or "", 0) * DAY if item.commitment else 0.0

    def _throughput(self, item: Thing) -> dict[str, Any]:
        base = f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"
        now_serving = item.model if self.status(item) == "Updating" else item.next_model
        view: dict[str, Any] = {
            "modelUnits": item.units,
            "desiredModelUnits": item.units,
            "provisionedModelName": item.name,
            "provisionedModelArn": item.arn,
            "modelArn": now_serving if ":" in now_serving and now_serving.startswith("arn") else base,
            "desiredModelArn": item.next_model if item.next_model.startswith("arn") else base,
            "foundationModelArn": base,
            "status": self.status(item),
            "creationTime": _date(item.created),
            "lastModifiedTime": _date(item.updated or item.created),
        }
        if item.commitment:
            view["commitmentDuration"] = item.commitment
            view["commitmentExpirationTime"] = _date(self._committed_until(item))
        if item.fails:
            view["failureMessage"] = "no capacity for it"
        return view


def _date(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
