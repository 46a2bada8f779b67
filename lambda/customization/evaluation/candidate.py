"""The candidate of an evaluation: a deployment that is Active before the questions and gone after them."""

from typing import TYPE_CHECKING

from customization.candidate import Candidate
from customization.promotion_targets.target import PromotionBusyError
from kit_contract.run_names import candidate_name
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

PURPOSE = "-evaluation"


def deploy_candidate(run: Run, model_arn: str, bedrock: "BedrockClient") -> str:
    """The ARN of the deployment that serves `model_arn`. Raises PromotionError, and PromotionBusyError until then."""
    candidate = Candidate(run, bedrock, PURPOSE)
    arn = candidate.create(model_arn)
    if candidate.status(model_arn)["status"] != "READY":
        raise PromotionBusyError(f"{candidate_name(run.specification.deployment_name)} is being created or updated")
    return arn


def delete_candidate(run: Run, bedrock: "BedrockClient") -> bool:
    """Whether it is gone. Raises PromotionError, PromotionBusyError."""
    return Candidate(run, bedrock, PURPOSE).delete()
