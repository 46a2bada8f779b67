"""A Lambda function of the kit: its own role, its own log group, nothing granted but writing to that log."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_constructs.lambda_functions.code import RUNTIME, data_path, lambda_code


class PythonFunction(lambda_.Function):
    """`handler` is an import path (`inference_api.handler.handler`): its module and what that imports are the code.

    Asynchronous callers get no automatic retry: every caller of the kit retries by itself, or must not.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str,
        description: str,
        timeout: Duration,
        memory_mb: int = 256,
        environment: Mapping[str, str] | None = None,
        data_packages: Sequence[str] = (),
        service_models: Sequence[str] = (),
    ) -> None:
        role = iam.Role(
            scope,
            f"{construct_id}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Role of: {description}",
        )
        log_group = logs.LogGroup(
            scope,
            f"{construct_id}Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        log_group.grant_write(role)
        models = {"AWS_DATA_PATH": data_path()} if service_models else {}
        super().__init__(
            scope,
            construct_id,
            code=lambda_code(handler, data_packages=data_packages, service_models=service_models),
            handler=handler,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            timeout=timeout,
            memory_size=memory_mb,
            environment={**models, **(environment or {})},
            role=role,
            log_group=log_group,
            retry_attempts=0,
        )
