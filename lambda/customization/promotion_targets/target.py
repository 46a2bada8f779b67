"""What all targets of a promotion have in common: how far one is with a model, when it is busy, and whose it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from kit_contract.aws_errors import says_absent, says_busy, says_denied
from kit_contract.errors import ResourceFailedError, RetryLaterError
from kit_contract.tags import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


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


def phase_of(status: str, name: str) -> Phase:
    try:
        return PHASES[status]
    except KeyError:
        raise PromotionError(
            f"{name} has the unknown status {status}; known are {', '.join(PHASES)}; update the kit"
        ) from None


def require_idle(status: str, name: str) -> None:
    if phase_of(status, name) is Phase.IN_PROGRESS:
        raise PromotionBusyError(f"{name} is being created, updated or deleted; it can take another model after that")


@contextmanager
def busy_means_later(name: str) -> Iterator[None]:
    """Another execution was faster: the next attempt finds what it did."""
    try:
        yield
    except Exception as error:
        if not says_busy(error):
            raise
        raise PromotionBusyError(
            f"{name} is being created, updated or deleted; it can take another model after that"
        ) from error


def require_absent(error: Exception, name: str, kit_deployment: str) -> None:
    """Raises PromotionError for what the role may not get, and `error` for anything else but an absent target."""
    if says_denied(error):
        raise PromotionError(
            f"{name} is not ours: a promotion may read only what has the tag {DEPLOYMENT_TAG}={kit_deployment}, got "
            f"{error}; delete or rename what has this name, or change the deployment's name"
        ) from None
    if not says_absent(error):
        raise error


def tags_of(bedrock: "BedrockClient", target: str) -> dict[str, str]:
    tags = bedrock.list_tags_for_resource(resourceARN=target)["tags"]
    return {tag["key"]: tag["value"] for tag in tags}


def require_ours(bedrock: "BedrockClient", target: str, name: str, kit_deployment: str) -> dict[str, str]:
    """The tags of the target."""
    tags = tags_of(bedrock, target)
    owner = tags.get(DEPLOYMENT_TAG, "no such tag")
    if owner != kit_deployment:
        raise PromotionError(
            f"{name} exists and is not ours: tag {DEPLOYMENT_TAG} must be {kit_deployment}, got {owner}; delete or "
            f"rename {target}, or change the deployment's name"
        )
    return tags
