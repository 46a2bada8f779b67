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
