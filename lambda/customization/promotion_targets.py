"""What serves a model: a custom model deployment or a provisioned throughput, updated in place, or the model itself.

custom model deployment   absent -> created; Active -> updated to the new model; same model -> unchanged
provisioned throughput    InService -> updated to the new model; absent -> left to its next purchase, which reads the
                          promoted parameter; never created here, because it is billed by the hour
imported model            serves by its own ARN: nothing is deployed, and it is READY as soon as it is there
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from kit_contract.aws_errors import says_absent, says_busy, says_denied
from kit_contract.errors import ResourceFailedError, RetryLaterError
from kit_contract.external_models import IMPORT
from kit_contract.runs import Run, RunSpecification
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, EXECUTION_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import TagTypeDef


class PromotionError(ResourceFailedError):
    """When the model cannot be put behind its alias. The previous model keeps serving."""


class PromotionBusyError(RetryLaterError):
    """When the target is still being created or updated. The workflow retries by the name of this class."""


class Phase(Enum):
    IN_PROGRESS = "IN_PROGRESS"
    READY = "READY"
    FAILED = "FAILED"


# botocore's model does not list it: https://docs.aws.amazon.com/nova/latest/userguide/delete-custom-model-deployment.html
DELETING = "Deleting"
# Statuses of a deployment, of its latest update and of a throughput: one that they share means the same in each.
PHASES = {
    "Creating": Phase.IN_PROGRESS,
    "Updating": Phase.IN_PROGRESS,
    "Active": Phase.READY,
    "InService": Phase.READY,
    "UpdateCompleted": Phase.READY,
    "Failed": Phase.FAILED,
    "UpdateFailed": Phase.FAILED,
    DELETING: Phase.IN_PROGRESS,
}


class Progress(NamedTuple):
    """How far a target is with a model. `reason` is Bedrock's failure message."""

    name: str
    phase: Phase
    target_arn: str = ""
    reason: str = ""


class CustomModelDeployment:
    def __init__(self, name: str, bedrock: "BedrockClient", purpose: str = "") -> None:
        """`purpose` keeps the client request tokens of a run's deployments apart. One with a purpose is a candidate: it
        belongs to the execution that promoted last.
        """
        self._name, self._bedrock, self._purpose = name, bedrock, purpose

    def promote(self, run: Run, model_arn: str) -> str:
        """Create the deployment or update it. Returns its ARN. Raises PromotionError, PromotionBusyError."""
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        except Exception as error:
            _require_absent(error, self._name, run.kit_deployment)
            return self._create(run, model_arn)
        target = found["customModelDeploymentArn"]
        tags = _require_ours(self._bedrock, target, self._name, run.kit_deployment)
        if found["status"] == DELETING:  # it still has its model
            _require_idle(found["status"], self._name)
        self._claim(run, target, tags)
        if found["modelArn"] != model_arn:
            _require_idle(found["status"], self._name)
            if "updateDetails" in found:
                _require_idle(found["updateDetails"]["updateStatus"], self._name)
            with _busy_means_later(self._name):
                self._bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=target, modelArn=model_arn)
        return target

    def progress(self, model_arn: str) -> Progress:
        found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        phase, update = _phase(found["status"], self._name), found.get("updateDetails")
        # The details describe the latest update, which may be to another run's model.
        if phase is Phase.READY and update and update["modelArn"] == model_arn:
            phase = _phase(update["updateStatus"], self._name)
        elif phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return Progress(self._name, phase, found["customModelDeploymentArn"], found.get("failureMessage", ""))

    def delete(self, kit_deployment: str) -> bool:
        """Whether it is gone. Raises PromotionError for another owner's, PromotionBusyError while it changes."""
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        except Exception as error:
            _require_absent(error, self._name, kit_deployment)
            return True
        target = found["customModelDeploymentArn"]
        _require_ours(self._bedrock, target, self._name, kit_deployment)
        if found["status"] == DELETING:
            return False
        with _busy_means_later(self._name):
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
        tags = _tags_of(self._bedrock, found["customModelDeploymentArn"])
        return (tags.get(DEPLOYMENT_TAG), tags.get(EXECUTION_TAG)) == (run.kit_deployment, run.execution_name)

    def _claim(self, run: Run, target: str, tags: Mapping[str, str]) -> None:
        """Before the model changes: whoever ends an earlier execution leaves it alone from then on."""
        if self._purpose and tags.get(EXECUTION_TAG) != run.execution_name:
            claim = {DEPLOYMENT_TAG: run.kit_deployment, EXECUTION_TAG: run.execution_name}
            self._bedrock.tag_resource(resourceARN=target, tags=_tag_list(claim))

    def _create(self, run: Run, model_arn: str) -> str:
        tags = {DEPLOYMENT_TAG: run.kit_deployment, ALIAS_TAG: run.specification.alias}
        if self._purpose:
            tags[EXECUTION_TAG] = run.execution_name
        with _busy_means_later(self._name):
            created = self._bedrock.create_custom_model_deployment(
                modelDeploymentName=self._name,
                modelArn=model_arn,
                tags=_tag_list(tags),
                clientRequestToken=run.token + self._purpose,
            )
        return created["customModelDeploymentArn"]


class ProvisionedThroughput:
    def __init__(self, name: str, bedrock: "BedrockClient") -> None:
        self._name, self._bedrock = name, bedrock

    def promote(self, run: Run, model_arn: str) -> str:
        """Update the throughput if it exists. Returns its ARN or "". Raises PromotionError, PromotionBusyError."""
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=self._name)
        except Exception as error:
            _require_absent(error, self._name, run.kit_deployment)
            return ""
        target = found["provisionedModelArn"]
        _require_ours(self._bedrock, target, self._name, run.kit_deployment)
        if found["desiredModelArn"] != model_arn:
            _require_idle(found["status"], self._name)
            with _busy_means_later(self._name):
                self._bedrock.update_provisioned_model_throughput(provisionedModelId=target, desiredModelId=model_arn)
        return target

    def progress(self, model_arn: str) -> Progress:
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=self._name)
        except Exception as error:
            if not says_absent(error):
                raise
            return Progress(self._name, Phase.READY)
        phase = _phase(found["status"], self._name)
        if phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return Progress(self._name, phase, found["provisionedModelArn"], found.get("failureMessage", ""))


class ImportedModel:
    def __init__(self, bedrock: "BedrockClient") -> None:
        self._bedrock = bedrock

    def promote(self, run: Run, model_arn: str) -> str:
        """Returns the ARN to call. Raises PromotionError for a model that is gone, or takes no messages."""
        try:
            found = self._bedrock.get_imported_model(modelIdentifier=model_arn)
        except Exception as error:
            _require_absent(error, model_arn, run.kit_deployment)
            raise PromotionError(f"{model_arn} of run {run.run_id} was deleted; deploy again to import it") from None
        if not found.get("instructSupported"):
            raise PromotionError(
                f"{found['modelName']} was imported, but Bedrock's Converse, by which the kit's API asks, takes no "
                "messages for it (instructSupported is false); add a chat_template to tokenizer_config.json and deploy "
                f"again, then delete this one: kit runs delete {run.run_id}"
            )
        return model_arn

    def progress(self, model_arn: str) -> Progress:
        """READY: there is nothing to wait for. Raises boto3's error for a model that is gone."""
        found = self._bedrock.get_imported_model(modelIdentifier=model_arn)
        return Progress(found["modelName"], Phase.READY, found["modelArn"])


Target = CustomModelDeployment | ProvisionedThroughput | ImportedModel


def targets_of(specification: RunSpecification, bedrock: "BedrockClient") -> list[Target]:
    """What has to serve the customization's model: a custom model deployment first, then a throughput."""
    if specification.method == IMPORT:
        return [ImportedModel(bedrock)]
    targets: list[Target] = []
    if specification.serving == "on-demand":
        targets.append(CustomModelDeployment(specification.deployment_name, bedrock))
    if specification.provisioned_model_name:
        targets.append(ProvisionedThroughput(specification.provisioned_model_name, bedrock))
    return targets


def _require_absent(error: Exception, name: str, kit_deployment: str) -> None:
    """Raises PromotionError for what the role may not get, and `error` for anything else but an absent target."""
    if says_denied(error):
        raise PromotionError(
            f"{name} is not ours: a promotion may read only what has the tag {DEPLOYMENT_TAG}={kit_deployment}, got "
            f"{error}; delete or rename what has this name, or change the deployment's name"
        ) from None
    if not says_absent(error):
        raise error


def _tag_list(tags: Mapping[str, str]) -> list["TagTypeDef"]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _tags_of(bedrock: "BedrockClient", target: str) -> dict[str, str]:
    tags = bedrock.list_tags_for_resource(resourceARN=target)["tags"]
    return {tag["key"]: tag["value"] for tag in tags}


def _require_ours(bedrock: "BedrockClient", target: str, name: str, kit_deployment: str) -> dict[str, str]:
    """The tags of the target."""
    tags = _tags_of(bedrock, target)
    owner = tags.get(DEPLOYMENT_TAG, "no such tag")
    if owner != kit_deployment:
        raise PromotionError(
            f"{name} exists and is not ours: tag {DEPLOYMENT_TAG} must be {kit_deployment}, got {owner}; delete or "
            f"rename {target}, or change the deployment's name"
        )
    return tags


def _require_idle(status: str, name: str) -> None:
    if _phase(status, name) is Phase.IN_PROGRESS:
        raise PromotionBusyError(f"{name} is being created, updated or deleted; it can take another model after that")


@contextmanager
def _busy_means_later(name: str) -> Iterator[None]:
    """Another execution was faster: the next attempt finds what it did."""
    try:
        yield
    except Exception as error:
        if not says_busy(error):
            raise
        raise PromotionBusyError(
            f"{name} is being created, updated or deleted; it can take another model after that"
        ) from error


def _phase(status: str, name: str) -> Phase:
    try:
        return PHASES[status]
    except KeyError:
        raise PromotionError(
            f"{name} has the unknown status {status}; known are {', '.join(PHASES)}; update the kit"
        ) from None
