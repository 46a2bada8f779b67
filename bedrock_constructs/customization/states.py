"""The states of the training workflow, from checking the data to publishing the alias.

CheckData -> Train (.sync, waits for days) -> RecordMetrics -> Promote -> WaitForPromotion ... -> PublishAlias
          -> TrainAndValidate (with a validation set) ---> RecordMetrics
          -> ModelExists (this run trained it before) --------> Promote
Any failure ends in Failed with the step's own message; the previous model keeps serving.
"""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG

PROMOTION_POLL = Duration.seconds(30)
MAX_PROMOTION_POLLS = 120  # an hour; deployments take about 8 minutes
# https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
LAMBDA_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
QUOTA = "ServiceQuotaExceededException"
VALIDATION_URI = "States.Format('s3://{}/{}', $.specification.bucket, $.specification.validation_key)"
VALIDATION = {"ValidationDataConfig": {"Validators": [{"S3Uri.$": VALIDATION_URI}]}}


class CustomizationDefinition(Construct):
    """Exposes `start`, the first state. The input is a Run (kit_contract/runs.py)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        check: lambda_.IFunction,
        metrics: lambda_.IFunction,
        promotion: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self._kit_deployment = kit_deployment
        failed = sfn.Fail(self, "Failed", error_path="$.failure.Error", cause_path="$.failure.Cause")
        run = {"run.$": "$", "custom_model_arn.$": "$.model.custom_model_arn"}
        checked = self._task("CheckData", check, None, "$.check", failed)
        # Another customization trains the same content: wait for its model, as long as an execution may last.
        checked.add_retry(
            errors=["SameContentBusyError"],
            interval=PROMOTION_POLL,
            backoff_rate=1.5,
            max_delay=Duration.minutes(20),
            max_attempts=2200,
        )
        train = self._train("Train").add_catch(failed, result_path="$.failure")
        validated = self._train("TrainAndValidate", VALIDATION).add_catch(failed, result_path="$.failure")
        existing = sfn.Pass(
            self,
            "ModelExists",
            parameters={"custom_model_arn": sfn.JsonPath.string_at("$.check.custom_model_arn")},
            result_path="$.model",
        )
        recorded = self._task("RecordMetrics", metrics, run, "$.metrics", failed)
        promoted = self._promote(promotion, run, failed)
        choice = sfn.Choice(self, "TrainedBefore")
        choice.when(sfn.Condition.boolean_equals("$.check.trained", True), existing.next(promoted))
        choice.when(sfn.Condition.is_present("$.specification.validation_key"), validated.next(recorded))
        choice.otherwise(train.next(recorded).next(promoted))
        self.start: sfn.IChainable = checked.next(choice)

    def _promote(self, promotion: lambda_.IFunction, run: dict[str, Any], failed: sfn.Fail) -> sfn.IChainable:
        promote = self._task("Promote", promotion, {"action": "promote", **run}, "$.promotion", failed)
        # Another run of the customization is being promoted: wait for it. Lambda reports the class of the exception.
        promote.add_retry(errors=["PromotionBusyError"], interval=PROMOTION_POLL, max_attempts=40, backoff_rate=1)
        # Two deployments may be made at a time, about 8 minutes each: the others of a deploy wait for their turn.
        promote.add_retry(errors=[QUOTA], interval=Duration.minutes(2), max_attempts=200, backoff_rate=1)
        status = self._task("PromotionStatus", promotion, {"action": "status", **run}, "$.promotion", failed)
        publish_input = {"action": "publish", "target_arn.$": "$.promotion.target_arn", **run}
        publish = self._task("PublishAlias", promotion, publish_input, "$.published", failed)
        begin = sfn.Pass(self, "FirstPoll", parameters={"count": 0}, result_path="$.poll")
        wait = sfn.Wait(self, "WaitForPromotion", time=sfn.WaitTime.duration(PROMOTION_POLL))
        count = sfn.Pass(
            self,
            "CountPoll",
            parameters={"count": sfn.JsonPath.math_add(sfn.JsonPath.number_at("$.poll.count"), 1)},
            result_path="$.poll",
        )
        never_ready = sfn.Fail(
            self, "NeverReady", error="PromotionTimeout", cause=f"not ready after {MAX_PROMOTION_POLLS} polls"
        )
        ready = sfn.Choice(self, "PromotionReady")
        ready.when(sfn.Condition.string_equals("$.promotion.status", "READY"), publish)
        ready.when(sfn.Condition.number_greater_than("$.poll.count", MAX_PROMOTION_POLLS), never_ready)
        ready.otherwise(wait)
        promote.next(begin).next(status).next(ready)  # poll at once: the model may be ready already
        wait.next(count).next(status)
        return promote

    def _task(
        self, name: str, function: lambda_.IFunction, payload: dict[str, Any] | None, result_path: str, failed: sfn.Fail
    ) -> sfn.CustomState:
        # LambdaInvoke would add a grant for every version of the function; there are none.
        state: dict[str, Any] = {"Type": "Task", "Resource": function.function_arn, "ResultPath": result_path}
        if payload:
            state["Parameters"] = payload
        task = sfn.CustomState(self, name, state_json=state)
        task.add_retry(
            errors=["ThrottlingException", "ServiceUnavailableException", "InternalServerException", *LAMBDA_ERRORS],
            interval=Duration.seconds(5),
            max_attempts=6,
        )
        task.add_catch(failed, result_path="$.failure")
        return task

    def _train(self, name: str, more: Mapping[str, Any] = {}) -> sfn.CustomState:
        names = "States.Format('s3://{}/{}', $.specification.bucket, $.key)"
        output = "States.Format('s3://{}/{}{}/', $.specification.bucket, $.specification.output_prefix, $.run_id)"
        tags = [
            {"Key": DEPLOYMENT_TAG, "Value": self._kit_deployment},
            {"Key": ALIAS_TAG, "Value.$": "$.specification.alias"},
        ]
        state = {
            "Type": "Task",
            "Resource": f"arn:{Stack.of(self).partition}:states:::bedrock:createModelCustomizationJob.sync",
            "Parameters": {
                "JobName.$": "$.check.job_name",
                "CustomModelName.$": "$.custom_model_name",
                "RoleArn.$": "$.specification.role_arn",
                "BaseModelIdentifier.$": "$.specification.base_model",
                "CustomizationType.$": "$.specification.method",
                "HyperParameters.$": "$.specification.hyperparameters",
                "TrainingDataConfig": {"S3Uri.$": names},
                "OutputDataConfig": {"S3Uri.$": output},
                **more,
                "JobTags": tags,
                "CustomModelTags": tags,
                "ClientRequestToken.$": "$.check.client_request_token",
            },
            "ResultSelector": {"custom_model_arn.$": "$.OutputModelArn", "job_arn.$": "$.JobArn"},
            "ResultPath": "$.model",
            "Retry": [
                {
                    "ErrorEquals": ["Bedrock.ThrottlingException", "Bedrock.InternalServerException"],
                    "IntervalSeconds": 30,
                    "MaxAttempts": 5,
                    "BackoffRate": 2,
                    "JitterStrategy": "FULL",
                },
                # Ten jobs may be scheduled at a time: the others of a deploy wait for their turn, for a day.
                {"ErrorEquals": [f"Bedrock.{QUOTA}"], "IntervalSeconds": 600, "MaxAttempts": 144, "BackoffRate": 1},
            ],
        }
        return sfn.CustomState(self, name, state_json=state)
