"""A provisioned throughput, which is billed by the hour.

InService -> updated to the new model; absent -> left to its next purchase, which reads the promoted parameter
"""

from typing import TYPE_CHECKING

from customization.promotion_targets.target import (
    Phase,
    Progress,
    busy_means_later,
    phase_of,
    require_absent,
    require_idle,
    require_ours,
)
from kit_contract.aws_errors import says_absent
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient


class ProvisionedThroughput:
    def __init__(self, name: str, bedrock: "BedrockClient") -> None:
        self._name, self._bedrock = name, bedrock

    def promote(self, run: Run, model_arn: str) -> str:
        """Update the throughput if it exists. Returns its ARN or "". Raises PromotionError, PromotionBusyError."""
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=self._name)
        except Exception as error:
            require_absent(error, self._name, run.kit_deployment)
            return ""
        target = found["provisionedModelArn"]
        require_ours(self._bedrock, target, self._name, run.kit_deployment)
        if found["desiredModelArn"] != model_arn:
            require_idle(found["status"], self._name)
            with busy_means_later(self._name):
                self._bedrock.update_provisioned_model_throughput(provisionedModelId=target, desiredModelId=model_arn)
        return target

    def progress(self, model_arn: str) -> Progress:
        try:
            found = self._bedrock.get_provisioned_model_throughput(provisionedModelId=self._name)
        except Exception as error:
            if not says_absent(error):
                raise
            return Progress(self._name, Phase.READY)
        phase = phase_of(found["status"], self._name)
        if phase is Phase.READY and found["modelArn"] != model_arn:
            phase = Phase.IN_PROGRESS
        return Progress(self._name, phase, found["provisionedModelArn"], found.get("failureMessage", ""))
