"""The custom model deployment that an evaluation asks: created before it, deleted after it, and never behind an alias.

absent                        -> created, with the execution's name as its description
of another execution          -> deleted, then created: that execution ended without deleting it
Creating                      -> the workflow waits
Active                        -> its ARN
Failed                        -> EvaluationError with Bedrock's reason
"""

from typing import TYPE_CHECKING

from customization.evaluation.converse import EvaluationError
from customization.existing_model import owner_of
from kit_contract.aws_errors import says_absent, says_busy, says_denied
from kit_contract.errors import RetryLaterError
from kit_contract.run_names import candidate_name
from kit_contract.runs import Run
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetCustomModelDeploymentResponseTypeDef as Deployment


class CandidateBusyError(RetryLaterError):
    """While the deployment is being created or deleted. The workflow retries by the name of this class."""


class Candidate:
    def __init__(self, run: Run, bedrock: "BedrockClient") -> None:
        self._run, self._bedrock = run, bedrock
        self._name = candidate_name(run.specification.deployment_name)

    def deploy(self, model_arn: str) -> str:
        """The ARN of the deployment that serves `model_arn`. Raises EvaluationError, CandidateBusyError."""
        found = self._find()
        if found is None:
            self._create(model_arn)
            raise CandidateBusyError(f"{self._name} is being created")
        if found.get("description") != self._run.execution_name or found["modelArn"] != model_arn:
            self._delete(found)
            raise CandidateBusyError(f"{self._name} is being replaced: it was {found.get('description', 'another')}'s")
        if found["status"] == "Creating":
            raise CandidateBusyError(f"{self._name} is being created")
        if found["status"] != "Active":
            reason = found.get("failureMessage", "no reason given")
            raise EvaluationError(f"{self._name} is {found['status']}: {reason}; fix the cause, then deploy again")
        return found["customModelDeploymentArn"]

    def delete(self) -> bool:
        """Delete what this execution deployed; False if there is nothing. Raises CandidateBusyError."""
        found = self._find()
        if found is None or found.get("description") != self._run.execution_name:
            return False
        self._delete(found)
        return True

    def _find(self) -> "Deployment | None":
        """Raises EvaluationError for what is not ours."""
        try:
            found = self._bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=self._name)
        except Exception as error:
            if says_denied(error):
                raise self._foreign("another tag, or none") from None
            if not says_absent(error):
                raise
            return None
        owner = owner_of(self._bedrock, found["customModelDeploymentArn"])
        if owner != self._run.kit_deployment:
            raise self._foreign(owner or "no such tag")
        return found

    def _foreign(self, got: str) -> EvaluationError:
        return EvaluationError(
            f"{self._name} is not ours: tag {DEPLOYMENT_TAG} must be {self._run.kit_deployment}, got {got}; delete or "
            "rename it, or change the deployment's name"
        )

    def _create(self, model_arn: str) -> None:
        tags = {DEPLOYMENT_TAG: self._run.kit_deployment, ALIAS_TAG: self._run.specification.alias}
        try:
            self._bedrock.create_custom_model_deployment(
                modelDeploymentName=self._name,
                modelArn=model_arn,
                description=self._run.execution_name,
                tags=[{"key": key, "value": value} for key, value in tags.items()],
            )
        except Exception as error:
            if not says_busy(error):
                raise
            raise CandidateBusyError(f"{self._name} is being created or deleted") from error

    def _delete(self, found: "Deployment") -> None:
        arn = found["customModelDeploymentArn"]
        try:
            self._bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
        except Exception as error:
            if says_absent(error):
                return
            if not says_busy(error):
                raise
            raise CandidateBusyError(f"{self._name} is being created or deleted") from error
