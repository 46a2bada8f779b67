"""A tool that is a Python function of the user's own, without any right but to write its log."""

from collections.abc import Mapping

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_constructs.lambda_functions.code import RUNTIME, files_code


class ToolFunction(Construct):
    """Exposes `function`. `files` are the paths and contents of the zip; `handler` is `module.function`.

    It gets the arguments of the call as event, and returns what the model reads, as JSON.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: Mapping[str, bytes],
        handler: str,
        description: str,
        timeout: Duration,
        memory_mb: int = 256,
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Role of: {description}",
        )
        log_group = logs.LogGroup(
            self, "Logs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
        )
        log_group.grant_write(role)
        self.function = lambda_.Function(
            self,
            "Function",
            code=files_code(files),
            handler=handler,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            timeout=timeout,
            memory_size=memory_mb,
            role=role,
            log_group=log_group,
            retry_attempts=0,
        )
