"""The candidate of an evaluation: a deployment that is Active before the questions and gone after them."""

from typing import TYPE_CHECKING

from customization.candidate import Candidate
from customization.promotion_targets import PromotionBusyError
from kit_contract.aws_errors import says_absent, says_denied
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


def delete_leftover(run: Run, bedrock: "BedrockClient") -> bool:
    """Of an execution that ended early: delete the candidate if it is still this run's, and not the next one's."""
    name = candidate_name(run.specification.deployment_name)
    try:
        found = bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=name)
        model = bedrock.get_custom_model(modelIdentifier=found["modelArn"])
    except Exception as error:
        if not says_absent(error) and not says_denied(error):
            raise
        return True
    return delete_candidate(run, bedrock) if model["modelName"].endswith(f"-{run.run_id}") else True
