"""The states that train: one customization job each, which .sync waits for, up to 14 days in one state."""

from collections.abc import Iterable
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.job_kind import JobKind
from bedrock_constructs.customization.lambda_task import QUOTA
from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG


def add_training(
    scope: Construct,
    choice: sfn.Choice,
    kinds: Iterable[JobKind],
    kit_deployment: str,
    failed: sfn.Fail,
    following: sfn.IChainable,
) -> None:
    """Lets the choice create the job that fits the specification, then goes on with `following`."""

    def train(kind: JobKind) -> sfn.IChainable:
        state = _train(scope, kind, kit_deployment).add_catch(failed, result_path="$.failure")
        return state.next(following)

    for kind in sorted({kind for kind in kinds if not kind.is_plain}):
        choice.when(kind.condition, train(kind))
    is_special = [f"$.specification.{name}" for name in ("job_members", "method_settings", "parent")]
    choice.when(sfn.Condition.or_(*map(sfn.Condition.is_present, is_special)), unknown_kind(scope))
    choice.when(sfn.Condition.is_present("$.specification.validation_key"), train(JobKind(validated=True)))
    choice.otherwise(train(JobKind()))


def unknown_kind(scope: Construct) -> sfn.Fail:
    """The stack is being updated, and the specification is newer than the states: no job rather than another one."""
    cause = "this workflow has no state for the job that the specification describes; start the run again"
    return sfn.Fail(scope, "UnknownJobKind", error="UnknownJobKind", cause=cause)


def _train(scope: Construct, kind: JobKind, kit_deployment: str) -> sfn.CustomState:
    output = "States.Format('s3://{}/{}{}/', $.specification.bucket, $.specification.output_prefix, $.run_id)"
    tags = [
        {"Key": DEPLOYMENT_TAG, "Value": kit_deployment},
        {"Key": ALIAS_TAG, "Value.$": "$.specification.alias"},
    ]
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{Stack.of(scope).partition}:states:::bedrock:createModelCustomizationJob.sync",
        "Parameters": {
            "JobName.$": "$.check.job_name",
            "CustomModelName.$": "$.custom_model_name",
            "RoleArn.$": "$.specification.role_arn",
            **kind.parameters,
            "OutputDataConfig": {"S3Uri.$": output},
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
    return sfn.CustomState(scope, kind.state_name, state_json=state)
