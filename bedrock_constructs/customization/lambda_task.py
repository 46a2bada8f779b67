"""A state that calls a function: retried where AWS failed, ended in Failed with the function's own message."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

# https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
LAMBDA_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
QUOTA = "ServiceQuotaExceededException"


def lambda_task(
    scope: Construct,
    name: str,
    function: lambda_.IFunction,
    payload: dict[str, Any] | None,
    result_path: str,
    failed: sfn.IChainable,
) -> sfn.CustomState:
    """LambdaInvoke would add a grant for every version of the function; there are none."""
    state: dict[str, Any] = {"Type": "Task", "Resource": function.function_arn, "ResultPath": result_path}
    if payload:
        state["Parameters"] = payload
    task = sfn.CustomState(scope, name, state_json=state)
    task.add_retry(
        errors=["ThrottlingException", "ServiceUnavailableException", "InternalServerException", *LAMBDA_ERRORS],
        interval=Duration.seconds(5),
        max_attempts=6,
    )
    task.add_catch(failed, result_path="$.failure")
    return task


def wait_for_turn(task: sfn.CustomState) -> None:
    """For a task that creates or changes a deployment or a throughput."""
    # Another run of the customization is being promoted: wait for it. Lambda reports the class of the exception.
    task.add_retry(errors=["PromotionBusyError"], interval=Duration.seconds(30), max_attempts=40, backoff_rate=1)
    # Two deployments may be made at a time, about 8 minutes each: the others of a deploy wait for their turn.
    task.add_retry(errors=[QUOTA], interval=Duration.minutes(2), max_attempts=200, backoff_rate=1)


def retry_unreachable(task: sfn.CustomState) -> None:
    """For a task that asks a model: a policy or a deployment may take some minutes to be in force.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
    """
    task.add_retry(errors=["ModelUnreachableError"], interval=Duration.seconds(30), max_attempts=10, backoff_rate=1)


def retry_measurements(task: sfn.CustomState) -> None:
    """For a task that asks CloudWatch: an outage of it, for an hour, is no verdict."""
    task.add_retry(errors=["MeasurementBusyError"], interval=Duration.minutes(1), max_attempts=60, backoff_rate=1)
