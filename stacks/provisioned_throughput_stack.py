"""Capacity that is billed by the hour, alone in its stack so that it can be destroyed alone."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.provisioned_throughput import ProvisionedThroughput
from stacks.deployment_config import DeploymentConfig


class ProvisionedThroughputStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        for name, item in config.provisioned_throughput.items():
            ProvisionedThroughput(
                self,
                "".join(part.capitalize() for part in name.split("-")),
                kit_deployment=config.deployment.name,
                provisioned_model_name=f"{config.deployment.name}-{item.customization or name}",
                model_identifier=item.model,
                customization=item.customization,
                model_units=item.model_units,
                commitment_duration=None if item.commitment == "none" else item.commitment,
                alias=item.alias,
            )
