"""A Lambda function with its own role and log group, and no permission but to write to that log group."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_constructs.lambda_functions.code import RUNTIME, data_path, lambda_code


class PythonFunction(lambda_.Function):
    """`handler` is an import path (`inference_api.handler.handler`). The code is its module and everything it imports.

    Asynchronous invocations are not retried: callers retry by themselves or must not retry.
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
        ephemeral_storage: Size | None = None,
        environment: Mapping[str, str] | None = None,
        data_packages: Sequence[str] = (),
        service_models: Sequence[str] = (),
        files: Mapping[str, str | bytes] | None = None,
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
            code=lambda_code(handler, data_packages=data_packages, service_models=service_models, files=files),
            handler=handler,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            timeout=timeout,
            memory_size=memory_mb,
            ephemeral_storage_size=ephemeral_storage,
            environment={**models, **(environment or {})},
            role=role,
            log_group=log_group,
            retry_attempts=0,
        )
