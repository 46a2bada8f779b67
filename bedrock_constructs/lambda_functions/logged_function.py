"""A Lambda function with its own role and log group, and no permission but to write to that log group."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_constructs.lambda_functions.code import RUNTIME


class LoggedFunction(lambda_.Function):
    """Exposes `own_role`. Asynchronous invocations are not retried: callers retry by themselves or must not retry.

    `prefix` begins the ids of role and log group, which are beside the function. `more` are other properties of
    `aws_lambda.Function`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: lambda_.Code,
        handler: str,
        description: str,
        timeout: Duration,
        memory_mb: int,
        prefix: str = "",
        role_description: str | None = None,
        **more: Any,
    ) -> None:
        role = iam.Role(
            scope,
            f"{prefix}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=role_description or f"Role of: {description}",
        )
        log_group = logs.LogGroup(
            scope, f"{prefix}Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        super().__init__(
            scope,
            construct_id,
            code=code,
            handler=handler,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            timeout=timeout,
            memory_size=memory_mb,
            role=role,
            log_group=log_group,
            retry_attempts=0,
            **more,
        )
        self.own_role = role
