"""A custom model deployment, which serves a model on demand; updated in place.

absent -> created; Active -> updated to the new model; same model -> unchanged
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from customization.promotion_targets.target import (
    DELETING,
    Phase,
    Progress,
    busy_means_later,
    phase_of,
    require_absent,
    require_idle,
    require_ours,
    tags_of,
)
from kit_contract.aws_errors import says_absent, says_denied
from kit_contract.runs import Run
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, EXECUTION_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetCustomModelDeploymentResponseTypeDef as Deployment
    from mypy_boto3_bedrock.type_defs import TagTypeDef


class CustomModelDeployment:
    def __init__(self, name: str, bedrock: "BedrockClient", purpose: str = "") -> None:
        """`purpose` keeps the client request tokens of a run's deployments apart. One with a purpose is a candidate: it
        belongs to the execution that promoted last.
        """
        self._name, self._bedrock, self._purpose = name, bedrock, purpose

    def promote(self, run: Run, model_arn: str) -> str:
        """Create the deployment or update it. Returns its ARN. Raises PromotionError, PromotionBusyError."""
        own = self._own(run.kit_deployment)
        if own is None:
            return self._create(run, model_arn)
        found, tags = own
        target = found["customModelDeploymentArn"]
        if found["status"] == DELETING:  # it still has its model
            require_idle(found["status"], self._name)
        self._claim(run, target, tags)
        if found["modelArn"] != model_arn:
            require_idle(found["status"], self._name)
            if "updateDetails" in found:
                require_idle(found["updateDetails"]["updateStatus"], self._name)
            with busy_means_later(self._name):
                self._bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=target, modelArn=model_arn)
        return target

    def progress(self, model_arn: str) -> Progress:
        found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        phase, update = phase_of(found["status"], self._name), found.get("updateDetails")
        # The details describe the latest update, which may be to another run's model.
        if phase is Phase.READY and update and update["modelArn"] == model_arn:
            phase = phase_of(update["updateStatus"], self._name)
        elif phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return Progress(self._name, phase, found["customModelDeploymentArn"], found.get("failureMessage", ""))

    def delete(self, kit_deployment: str) -> bool:
        """Whether it is gone. Raises PromotionError for another owner's, PromotionBusyError while it changes."""
        own = self._own(kit_deployment)
        if own is None:
            return True
        found, _ = own
        if found["status"] != DELETING:
            target = found["customModelDeploymentArn"]
            with busy_means_later(self._name):
                self._bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=target)
        return False

    def belongs_to(self, run: Run) -> bool:
        """Whether it is there to stay, and the execution of `run` is the last that promoted it."""
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        except Exception as error:
            if not says_absent(error) and not says_denied(error):
                raise
            return False
        if found["status"] == DELETING:
            return False
        tags = tags_of(self._bedrock, found["customModelDeploymentArn"])
        return (tags.get(DEPLOYMENT_TAG), tags.get(EXECUTION_TAG)) == (run.kit_deployment, run.execution_name)

    def _own(self, kit_deployment: str) -> tuple["Deployment", dict[str, str]] | None:
        """The deployment with its tags; None if it is absent. Raises PromotionError for another owner's."""
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        except Exception as error:
            require_absent(error, self._name, kit_deployment)
            return None
        return found, require_ours(self._bedrock, found["customModelDeploymentArn"], self._name, kit_deployment)

    def _claim(self, run: Run, target: str, tags: Mapping[str, str]) -> None:
        """Before the model changes: whoever ends an earlier execution leaves it alone from then on."""
        if self._purpose and tags.get(EXECUTION_TAG) != run.execution_name:
            claim = {DEPLOYMENT_TAG: run.kit_deployment, EXECUTION_TAG: run.execution_name}
            self._bedrock.tag_resource(resourceARN=target, tags=_tag_list(claim))

    def _create(self, run: Run, model_arn: str) -> str:
        tags = {DEPLOYMENT_TAG: run.kit_deployment, ALIAS_TAG: run.specification.alias}
        if self._purpose:
            tags[EXECUTION_TAG] = run.execution_name
        with busy_means_later(self._name):
            created = self._bedrock.create_custom_model_deployment(
                modelDeploymentName=self._name,
                modelArn=model_arn,
                tags=_tag_list(tags),
                clientRequestToken=run.token + self._purpose,
            )
        return created["customModelDeploymentArn"]


def _tag_list(tags: Mapping[str, str]) -> list["TagTypeDef"]:
    return [{"key": key, "value": value} for key, value in tags.items()]
