"""Puts a custom model behind what serves its alias, in place: callers keep the same target while the model changes.

on-demand    custom model deployment: absent -> created; Active -> updated to the new model; same model -> left alone
throughput   of its own stack: there -> updated to the new model; not bought now -> left to the next purchase, which
             reads the promoted parameter; never created here (hourly price)
A customization can have both: then the model is swapped behind both before the alias is published.
"""

import json
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from customization import run_names

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient

DEPLOYMENT_TAG = "bedrock-kit:deployment"
ALIAS_TAG = "bedrock-kit:alias"


class PromotionError(Exception):
    """When the model cannot be put behind its alias; carries Bedrock's reason. The old target keeps serving."""


class PromotionBusyError(Exception):
    """When another promotion to the same target is under way; the workflow tries again."""


class Phase(Enum):
    IN_PROGRESS = "IN_PROGRESS"
    READY = "READY"
    FAILED = "FAILED"


DEPLOYMENT_PHASES = {"Creating": Phase.IN_PROGRESS, "Active": Phase.READY, "Failed": Phase.FAILED}
UPDATE_PHASES = {"Updating": Phase.IN_PROGRESS, "UpdateCompleted": Phase.READY, "UpdateFailed": Phase.FAILED}
THROUGHPUT_PHASES = {
    "Creating": Phase.IN_PROGRESS,
    "Updating": Phase.IN_PROGRESS,
    "InService": Phase.READY,
    "Failed": Phase.FAILED,
}


class Promotion:
    """The core of the promotion step; clients are passed in."""

    def __init__(self, *, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
        self._bedrock = bedrock
        self._ssm = ssm

    def promote(self, run: Mapping[str, Any], model_arn: str) -> dict[str, str]:
        """Begin to serve `model_arn`. Raises PromotionError, PromotionBusyError."""
        specification = run["specification"]
        targets = []
        if specification["serving"] == "on-demand":
            targets.append(self._promote_deployment(run, model_arn))
        if specification["provisioned_model_name"]:
            name = specification["provisioned_model_name"]
            targets.append(self._promote_throughput(name, model_arn, run["deployment"]))
        return {"target_arn": targets[0]}

    def status(self, run: Mapping[str, Any], model_arn: str) -> dict[str, str]:
        """{"status": IN_PROGRESS or READY, "target_arn"}. Raises PromotionError on failure or an unknown status.

        The target is the custom model deployment where there is one; empty for a throughput that is not there now.
        """
        specification = run["specification"]
        looks = []
        if specification["serving"] == "on-demand":
            looks.append(self._deployment_phase(specification["deployment_name"], model_arn))
        if specification["provisioned_model_name"]:
            looks.append(self._throughput_phase(specification["provisioned_model_name"], model_arn))
        for phase, _, reason in looks:
            if phase is Phase.FAILED:
                raise PromotionError(
                    f"{specification['deployment_name']} failed to serve {model_arn}: {reason or 'no reason given'}; "
                    "correct that (delete what failed to be created), then upload the data again"
                )
        ready = all(phase is Phase.READY for phase, _, _ in looks)
        return {"status": (Phase.READY if ready else Phase.IN_PROGRESS).value, "target_arn": looks[0][1]}

    def publish(self, run: Mapping[str, Any], model_arn: str, target_arn: str, *, now: str) -> dict[str, str]:
        """Write what was promoted, and the alias's serving parameter: from now on callers get the custom model.

        The capacity parameter is not written here: it belongs to the throughput, whose ARN stays the same.
        """
        specification = run["specification"]
        promoted = {"custom_model_arn": model_arn, "run_id": run["run_id"], "promoted_at": now}
        self._put(run_names.promoted_parameter(run["deployment"], specification["customization"]), promoted)
        if specification["serving"] == "on-demand":
            value = {
                "target_arn": target_arn,
                "kind": "custom-model-deployment",
                "custom_model_arn": model_arn,
                "base_model": specification["base_model"],
                "run_id": run["run_id"],
                "published_at": now,
            }
            self._put(run_names.serving_parameter(run["deployment"], specification["alias"]), value)
        return {"alias": specification["alias"], "target_arn": target_arn}

    def _put(self, name: str, value: Mapping[str, str]) -> None:
        self._ssm.put_parameter(Name=name, Value=json.dumps(value), Type="String", Overwrite=True)

    def _promote_deployment(self, run: Mapping[str, Any], model_arn: str) -> str:
        specification = run["specification"]
        name = specification["deployment_name"]
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=name)
        except self._bedrock.exceptions.ResourceNotFoundException:
            created = self._bedrock.create_custom_model_deployment(
                modelDeploymentName=name,
                modelArn=model_arn,
                tags=[
                    {"key": DEPLOYMENT_TAG, "value": run["deployment"]},
                    {"key": ALIAS_TAG, "value": specification["alias"]},
                ],
                clientRequestToken=run["execution_name"],
            )
            return created["customModelDeploymentArn"]
        target = found["customModelDeploymentArn"]
        self._require_ours(target, name, run["deployment"])
        if found["modelArn"] != model_arn:
            busy = found["status"] == "Creating" or found.get("updateDetails", {}).get("updateStatus") == "Updating"
            _require_idle(busy, name)
            self._bedrock.update_custom_model_deployment(customModelDeploymentIdentifier=target, modelArn=model_arn)
        return target

    def _promote_throughput(self, name: str, model_arn: str, deployment: str) -> str:
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=name)
        except self._bedrock.exceptions.ResourceNotFoundException:
            return ""
        target = found["provisionedModelArn"]
        self._require_ours(target, name, deployment)
        if found["desiredModelArn"] != model_arn:
            _require_idle(found["status"] in ("Creating", "Updating"), name)
            self._bedrock.update_provisioned_model_throughput(provisionedModelId=target, desiredModelId=model_arn)
        return target

    def _require_ours(self, target: str, name: str, deployment: str) -> None:
        tags = self._bedrock.list_tags_for_resource(resourceARN=target)["tags"]
        if {tag["key"]: tag["value"] for tag in tags}.get(DEPLOYMENT_TAG) != deployment:
            raise PromotionError(
                f"{name} exists and is not ours: tag {DEPLOYMENT_TAG} must be {deployment}; delete or rename "
                f"{target}, or change the deployment's name"
            )

    def _deployment_phase(self, name: str, model_arn: str) -> tuple[Phase, str, str]:
        found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=name)
        phase = _phase(DEPLOYMENT_PHASES, found["status"], name)
        update = found.get("updateDetails")
        # The details tell of the latest update, which may have been to another model than this run's.
        if phase is Phase.READY and update and update["modelArn"] == model_arn:
            phase = _phase(UPDATE_PHASES, update["updateStatus"], name)
        elif phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return phase, found["customModelDeploymentArn"], found.get("failureMessage", "")

    def _throughput_phase(self, name: str, model_arn: str) -> tuple[Phase, str, str]:
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=name)
        except self._bedrock.exceptions.ResourceNotFoundException:
            return Phase.READY, "", ""
        phase = _phase(THROUGHPUT_PHASES, found["status"], name)
        if phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return phase, found["provisionedModelArn"], found.get("failureMessage", "")


def _require_idle(busy: bool, name: str) -> None:
    if busy:
        raise PromotionBusyError(f"{name} is being created or updated; it can take another model after that")


def _phase(table: Mapping[str, Phase], status: str, name: str) -> Phase:
    try:
        return table[status]
    except KeyError:
        raise PromotionError(
            f"{name} has a status this kit does not know: {status}; allowed {', '.join(table)}"
        ) from None
