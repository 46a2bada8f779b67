"""Custom::BedrockCustomModelDeployment: a custom model served on demand under a fixed name.

  Create  without ModelIdentifier only the name is reserved: the training workflow creates the deployment later -> READY
          with ModelIdentifier: CreateCustomModelDeployment -> Creating -> Active | Failed
  Update  ModelIdentifier changed: UpdateCustomModelDeployment, same ARN -> Updating -> UpdateCompleted | UpdateFailed
          DeploymentName changed: replacement
          Alias changed: the old alias's serving parameter is withdrawn; the training workflow publishes the new one
  Delete  first the alias's serving parameter (callers fall back to the base target), then the deployment -> GONE
          Bedrock refuses to delete while Creating or Updating: the next look tries again
  Candidate (true)  the workflow also deploys <DeploymentName>-candidate, to evaluate models: it is deleted with this
          resource, and by the Update that has no Candidate any more

A deployment of that name without the tag bedrock-kit:deployment=<KitDeployment> is not the kit's: Create and Update
fail, Delete leaves it. The physical id is the deployment's name.
API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateCustomModelDeployment.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from custom_resources.account import json_parameter
from custom_resources.account.ownership import carries, ownership, tag_list
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract import parameters
from kit_contract.aws_errors import says_absent, says_busy, says_denied
from kit_contract.canaries import CANARY_KEY
from kit_contract.errors import ResourceFailedError
from kit_contract.run_names import candidate_name
from kit_contract.tags import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetCustomModelDeploymentResponseTypeDef as Deployment
    from mypy_boto3_ssm import SSMClient

# botocore's model does not list it: https://docs.aws.amazon.com/nova/latest/userguide/delete-custom-model-deployment.html
DELETING = "Deleting"
PHASES: Mapping[str, Phase | None] = {
    "Creating": Phase.IN_PROGRESS,
    "Active": Phase.READY,
    "Failed": None,
    DELETING: Phase.IN_PROGRESS,
}
UPDATE_PHASES: Mapping[str, Phase | None] = {
    "Updating": Phase.IN_PROGRESS,
    "UpdateCompleted": Phase.READY,
    "UpdateFailed": None,
}
KIND = "custom-model-deployment"


@dataclass(frozen=True)
class DeploymentProperties:
    deployment_name: str
    alias: str
    kit_deployment: str
    model_identifier: str | None
    candidate: bool = False

    @classmethod
    def of(cls, request: Request) -> "DeploymentProperties":
        properties = Properties(request.properties)
        return cls(
            deployment_name=properties.text("DeploymentName"),
            alias=properties.text("Alias"),
            kit_deployment=properties.text("KitDeployment"),
            model_identifier=properties.optional_text("ModelIdentifier"),
            candidate=properties.boolean("Candidate"),
        )


class CustomModelDeploymentResource:
    name_property = "DeploymentName"

    def __init__(self, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
        self._bedrock = bedrock
        self._ssm = ssm

    def physical_id(self, request: Request) -> str:
        return DeploymentProperties.of(request).deployment_name

    def create(self, request: Request) -> Mapping[str, str]:
        wanted = DeploymentProperties.of(request)
        found = self._find(wanted.deployment_name)
        if found is not None and not self._ours(found, wanted):
            raise ResourceFailedError(_foreign(wanted))
        if wanted.model_identifier is None:
            return {}
        if found is None or found["status"] == DELETING:  # Bedrock refuses while the name is taken: called again
            self._bedrock.create_custom_model_deployment(
                modelDeploymentName=wanted.deployment_name,
                modelArn=wanted.model_identifier,
                tags=tag_list(ownership(wanted.kit_deployment, alias=wanted.alias)),
                clientRequestToken=request.token,
            )
        elif wanted.model_identifier not in (found["modelArn"], _updating_to(found)):
            self._bedrock.update_custom_model_deployment(
                customModelDeploymentIdentifier=found["customModelDeploymentArn"], modelArn=wanted.model_identifier
            )
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        wanted = DeploymentProperties.of(request)
        before = Properties(request.old_properties).optional_text("Alias")
        if before and before != wanted.alias:
            self._withdraw(replace(wanted, alias=before))
        return self.create(request)

    def delete(self, request: Request) -> None:
        wanted = DeploymentProperties.of(request)
        self._withdraw(wanted)
        self._delete(wanted.deployment_name, wanted)
        if wanted.candidate:
            self._delete(candidate_name(wanted.deployment_name), wanted)

    def describe(self, request: Request) -> Snapshot:
        wanted = DeploymentProperties.of(request)
        if request.is_delete:
            names = [wanted.deployment_name, *([candidate_name(wanted.deployment_name)] if wanted.candidate else [])]
            gone = all(self._is_gone(name, wanted) for name in names)
            return Snapshot(Phase.GONE if gone else Phase.IN_PROGRESS)
        if _has_unused_candidate(request, wanted) and not self._delete(candidate_name(wanted.deployment_name), wanted):
            return Snapshot(Phase.IN_PROGRESS, waiting_for=f"{candidate_name(wanted.deployment_name)} is deleted")
        found = self._find(wanted.deployment_name)
        if wanted.model_identifier is None:
            return Snapshot(Phase.READY, _attributes(found))
        if found is None:
            return Snapshot(Phase.GONE)
        return Snapshot(_phase(found, wanted.model_identifier), _attributes(found))

    def _is_gone(self, name: str, wanted: DeploymentProperties) -> bool:
        found = self._find(name)
        return found is None or not self._ours(found, wanted)

    def _delete(self, name: str, wanted: DeploymentProperties) -> bool:
        """True if there is nothing of ours. What is being created or updated is left to the next look."""
        found = self._find(name)
        if found is None or not self._ours(found, wanted):
            return True
        if found["status"] == DELETING:
            return False
        try:
            self._bedrock.delete_custom_model_deployment(
                customModelDeploymentIdentifier=found["customModelDeploymentArn"]
            )
        except Exception as error:
            if not says_busy(error) and not says_absent(error):
                raise
        return False

    def _withdraw(self, wanted: DeploymentProperties) -> None:
        parameter = parameters.alias_serving(wanted.kit_deployment, wanted.alias)
        serving = json_parameter.read(self._ssm, parameter)
        if serving is not None and serving.keys() == {CANARY_KEY}:  # the base model serves, beside a canary
            json_parameter.remove(self._ssm, parameter)
            return
        if serving is None or serving.get("kind") != KIND:
            return
        # After a replacement the new deployment serves the alias: its parameter stays.
        target = self._find(serving["target_arn"])
        if target is None or target["modelDeploymentName"] == wanted.deployment_name:
            json_parameter.remove(self._ssm, parameter)

    def _ours(self, found: "Deployment", wanted: DeploymentProperties) -> bool:
        return carries(self._bedrock, found["customModelDeploymentArn"], ownership(wanted.kit_deployment))

    def _find(self, identifier: str) -> "Deployment | None":
        try:
            return self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=identifier)
        except Exception as error:
            if says_absent(error):
                return None
            listed = self._listed(identifier) if says_denied(error) else None
            if listed is None:
                raise
            return listed

    def _listed(self, identifier: str) -> "Deployment | None":
        """What the list shows of another deployment's, which the role may not get."""
        pages = self._bedrock.get_paginator("list_custom_model_deployments").paginate()
        for item in (item for page in pages for item in page["modelDeploymentSummaries"]):
            if identifier in (item["customModelDeploymentName"], item["customModelDeploymentArn"]):
                return cast("Deployment", {**item, "modelDeploymentName": item["customModelDeploymentName"]})
        return None


def _has_unused_candidate(request: Request, wanted: DeploymentProperties) -> bool:
    return Properties(request.old_properties).boolean("Candidate") and not wanted.candidate


def _phase(found: "Deployment", wanted_model: str) -> Phase:
    phase = _known(PHASES, found["status"], found)
    update = found.get("updateDetails")
    if update is None or phase is not Phase.READY:
        return phase
    if update["updateStatus"] == "UpdateFailed" and found["modelArn"] == wanted_model:
        return Phase.READY  # the update failed and the wanted model stayed in service: a rollback ends here
    return _known(UPDATE_PHASES, update["updateStatus"], found)


def _known(table: Mapping[str, Phase | None], status: str, found: "Deployment") -> Phase:
    name = found["modelDeploymentName"]
    if status not in table:
        raise ResourceFailedError(f"custom model deployment {name} has the unknown status {status}; update the kit")
    phase = table[status]
    if phase is None:
        message = found.get("failureMessage") or "no reason given"
        raise ResourceFailedError(f"custom model deployment {name} is {status}: {message}")
    return phase


def _updating_to(found: "Deployment") -> str | None:
    update = found.get("updateDetails")
    return update["modelArn"] if update and update["updateStatus"] == "Updating" else None


def _attributes(found: "Deployment | None") -> dict[str, str]:
    return {"CustomModelDeploymentArn": found["customModelDeploymentArn"]} if found else {}


def _foreign(wanted: DeploymentProperties) -> str:
    return (
        f"a custom model deployment named {wanted.deployment_name} exists and does not have the tag "
        f"{DEPLOYMENT_TAG}={wanted.kit_deployment}, so it does not belong to {wanted.kit_deployment}: "
        "delete it, tag it, or choose another [deployment] name"
    )
