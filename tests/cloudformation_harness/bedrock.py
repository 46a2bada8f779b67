"""The operations of Bedrock's control plane: throughputs, deployments, tags, models, agreements."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.cloudformation_harness.capacity import NOVA, Capacity, Given, Thing
from tests.cloudformation_harness.jobs import Jobs
from tests.cloudformation_harness.refusals import Refusal


class Bedrock(Capacity):
    """Every public method is an operation of the API, in snake case."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.models: dict[str, float] = {}
        self.agreements: dict[str, float] = {}
        self.jobs = Jobs(clock)

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
        if self.status(item) != "InService":  # botocore models no ConflictException for this operation
            raise Refusal("ValidationException", f"{item.name} is {self.status(item)}")
        if "desiredProvisionedModelName" in given:
            self._refuse_taken(self.throughputs, given["desiredProvisionedModelName"])
            item.name = given["desiredProvisionedModelName"]
        if "desiredModelId" in given:
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
        if self.status(item) != "InService":  # botocore models no ConflictException for this operation
            raise Refusal("ValidationException", f"{item.name} is {self.status(item)}")
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
