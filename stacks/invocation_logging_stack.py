"""Model invocation logging: before whatever calls models."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from bedrock_constructs.invocation_logging import InvocationLogging
from deployment.config import DeploymentConfig
from kit_contract.invocation_logging import LOGS_PREFIX, S3_DESTINATION
from kit_contract.stacks import (
    GENERATIONS_CONTEXT,
    INVOCATION_LOGGING_GENERATION,
    INVOCATION_LOGGING_GENERATION_OUTPUT,
    NO_ROLES,
    REPLACED_LOGGING_ROLES_CONTEXT,
    generations_from,
)


class InvocationLoggingStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.invocation_logging
        assert section
        generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        generation = generations.get(INVOCATION_LOGGING_GENERATION, 1)
        logging = InvocationLogging(
            self,
            "InvocationLogging",
            kit_deployment=config.deployment.name,
            destinations=section.destinations,
            data_types=section.data,
            large_data=section.large_data,
            retention_days=section.retention_days,
            kms_key=kms.Key.from_key_arn(self, "Key", section.kms_key_arn) if section.kms_key_arn else None,
            removal=section.removal,
            allow_data_deletion=config.deployment.allow_data_deletion,
            take_over=section.take_over,
            replaced_role_arns=self._replaced_role_arns(),
            generation=generation,
        )
        if logging.bucket and S3_DESTINATION in section.destinations:
            uri = f"s3://{logging.bucket.bucket_name}/{LOGS_PREFIX}/AWSLogs/"
            cdk.CfnOutput(self, "LogsUri", value=uri)  # as invocation_logs of a distillation takes it
        if logging.log_group:
            cdk.CfnOutput(self, "LogGroup", value=logging.log_group.log_group_name)
        cdk.CfnOutput(self, INVOCATION_LOGGING_GENERATION_OUTPUT, value=str(generation))

    def _replaced_role_arns(self) -> list[str] | None:
        """Only `kit deploy` looks at the account and knows them."""
        given: str | None = self.node.try_get_context(REPLACED_LOGGING_ROLES_CONTEXT)
        return None if given is None else [arn for arn in given.split() if arn != NO_ROLES]
