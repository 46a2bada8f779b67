"""The states of the training workflow, from checking the data to publishing the alias.

CheckData -> Train (.sync, waits for days) -> RecordMetrics -> [evaluation] -> [canary] -> promotion -> [watch]
          -> TrainAndValidate (with a validation set) ---> RecordMetrics
          -> Distill, Reinforce, ...: one state for each kind of job (job_kind.py) ---> RecordMetrics
          -> Copy, Register: external models (external_states.py) --> [evaluation]
          -> ModelExists (this run made it before) -----------> [evaluation]
Any failure ends in Failed with the step's own message; the previous model keeps serving.
"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.evaluation import EvaluationFunction
from bedrock_constructs.customization.evaluation_states import evaluation_states
from bedrock_constructs.customization.external.kinds import is_trained, used_kinds
from bedrock_constructs.customization.external_states import add_external
from bedrock_constructs.customization.job_kind import JobKind
from bedrock_constructs.customization.lambda_task import lambda_task
from bedrock_constructs.customization.promotion_states import promotion_states
from bedrock_constructs.customization.training_states import add_training, unknown_kind
from kit_contract.runs import RunSpecification


class CustomizationDefinition(Construct):
    """Exposes `start`, the first state. The input is a Run (kit_contract/runs.py).

    `evaluation`: the function that evaluates, if any customization has an evaluation.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        customizations: Sequence[RunSpecification],
        check: lambda_.IFunction,
        metrics: lambda_.IFunction,
        promotion: lambda_.IFunction,
        checks: lambda_.IFunction,
        evaluation: EvaluationFunction | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        failed = sfn.Fail(self, "Failed", error_path="$.failure.Error", cause_path="$.failure.Cause")
        run = {"run.$": "$", "custom_model_arn.$": "$.model.custom_model_arn"}
        recorded = lambda_task(self, "RecordMetrics", metrics, run, "$.metrics", failed)
        promoted: sfn.IChainable = promotion_states(self, promotion, checks, run, failed)
        if evaluation:
            promoted = evaluation_states(self, evaluation, run, failed, promoted)
        recorded.next(promoted)
        existing = sfn.Pass(
            self,
            "ModelExists",
            parameters={"custom_model_arn": sfn.JsonPath.string_at("$.check.custom_model_arn")},
            result_path="$.model",
        )
        choice = sfn.Choice(self, "TrainedBefore")
        choice.when(sfn.Condition.boolean_equals("$.check.trained", True), existing.next(promoted))
        for kind in used_kinds(customizations):
            items = [item for item in customizations if item.method == kind.method]
            add_external(self, choice, kind, items, kit_deployment, failed, promoted)
        if trained := [JobKind.of(item) for item in customizations if is_trained(item)]:
            add_training(self, choice, trained, kit_deployment, failed, recorded)
        else:
            choice.otherwise(unknown_kind(self))
        self.start: sfn.IChainable = self._check(check, failed).next(choice)

    def _check(self, check: lambda_.IFunction, failed: sfn.Fail) -> sfn.CustomState:
        checked = lambda_task(self, "CheckData", check, None, "$.check", failed)
        # Another customization trains the same content: wait for its model, as long as an execution may last.
        checked.add_retry(
            errors=["SameContentBusyError"],
            interval=Duration.seconds(30),
            backoff_rate=1.5,
            max_delay=Duration.minutes(20),
            max_attempts=2200,
        )
        # Trained further from another customization's model, which may be trained by the same deploy.
        for error, attempts in (("ParentBusyError", 2200), ("ParentAbsentError", 150), ("ParentFailedError", 6)):
            checked.add_retry(
                errors=[error],
                interval=Duration.minutes(1),
                backoff_rate=2,
                max_delay=Duration.minutes(20),
                max_attempts=attempts,
            )
        return checked
