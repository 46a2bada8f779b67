"""The candidate: a second custom model deployment of a customization, for what is asked of a model before it serves.

absent -> create -> Creating -> Active, for evaluations, smoke prompts and the canary -> delete -> Deleting -> absent
A candidate that another run left behind takes the new run's model in place. It costs nothing while nobody calls it.
It belongs to the execution that created it or took it over last, which its tag names: who ends another one leaves it.
An imported model is its own candidate: it is asked under its own ARN, and nothing is created or deleted.
"""

from typing import TYPE_CHECKING

from customization.promotion_targets.custom_model_deployment import CustomModelDeployment
from customization.promotion_targets.imported_model import ImportedModel
from customization.promotion_targets.target import Phase, PromotionError
from kit_contract.aws_errors import says_absent, says_denied
from kit_contract.external_models import IMPORT
from kit_contract.run_events import PromotionProgress
from kit_contract.run_names import candidate_name
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

PURPOSE = "-candidate"


class Candidate:
    """The candidate of the run's customization; its deployment carries the tags of the one that serves.

    `purpose`: a run that evaluates deletes its candidate; what it creates after that has another request token.
    """

    def __init__(self, run: Run, bedrock: "BedrockClient", purpose: str = PURPOSE) -> None:
        self._run = run
        self._imported = ImportedModel(bedrock) if run.specification.method == IMPORT else None
        self._deployment = CustomModelDeployment(candidate_name(run.specification.deployment_name), bedrock, purpose)

    def create(self, model_arn: str) -> str:
        """Begin to serve `model_arn`; nothing changes if it does. Returns the ARN of the deployment.

        Raises PromotionError for a deployment of another owner, PromotionBusyError while it takes another model.
        """
        return (self._imported or self._deployment).promote(self._run, model_arn)

    def status(self, model_arn: str) -> PromotionProgress:
        """READY when it serves `model_arn`. Raises PromotionError if it failed or was deleted by hand."""
        try:
            found = (self._imported or self._deployment).progress(model_arn)
        except Exception as error:
            if not says_absent(error):
                raise
            name = model_arn if self._imported else candidate_name(self._run.specification.deployment_name)
            raise PromotionError(
                f"{name} was deleted while run {self._run.run_id} used it; start the run again"
            ) from None
        if found.phase is Phase.FAILED:
            raise PromotionError(
                f"{found.name} failed to serve {model_arn}: {found.reason or 'no reason given'}; fix the cause, then "
                "start the run again"
            )
        return {"status": "READY" if found.phase is Phase.READY else "IN_PROGRESS", "target_arn": found.target_arn}

    def exists(self) -> bool:
        """Whether one of this deployment is there; another owner's does not count."""
        if self._imported:
            return False
        try:
            self._deployment.progress("")
        except Exception as error:
            if not says_absent(error) and not says_denied(error):
                raise
            return False
        return True

    def belongs_to_execution(self) -> bool:
        """Whether this run's execution is the last that used it."""
        return self._imported is None and self._deployment.belongs_to(self._run)

    def delete(self) -> bool:
        """Ask Bedrock to delete it. True when it is gone, or was never there. Raises PromotionError,
        PromotionBusyError.
        """
        return True if self._imported else self._deployment.delete(self._run.kit_deployment)
