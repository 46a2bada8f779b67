"""Finds the secret and the usage plan of a deployed inference API, in your AWS account or in the embedded AWS."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from kit.embedded_outputs import embedded_outputs
from kit.keys.secret import KeySecret
from kit.keys.usage_keys import UsageKeys
from kit.not_deployed import NotDeployedError
from kit.stack_outputs import stack_outputs
from kit_contract.errors import ExternalError
from kit_contract.stacks import API_KEY_SECRET_OUTPUT, USAGE_PLAN_OUTPUT, inference_api_stack
from local_aws.guard import require_real


@dataclass(frozen=True)
class DeployedKeys:
    kit_deployment: str
    secret: KeySecret
    usage_keys: UsageKeys


def connect(config: Path, environment: str | None = None, *, local: bool) -> DeployedKeys:
    """Raises KitError, and botocore's errors about credentials."""
    import boto3

    if not local:
        require_real(os.environ)
        deployment = load_deployment_config(config, environment).deployment
        return deployed_keys(boto3.Session(region_name=deployment.region), deployment.name, None)
    embedded = embedded_outputs(config, environment)
    return deployed_keys(embedded.session, embedded.deployment, embedded.endpoint_url)


def deployed_keys(session: Any, kit_deployment: str, endpoint_url: str | None) -> DeployedKeys:
    outputs = _outputs(session.client("cloudformation", endpoint_url=endpoint_url), kit_deployment)
    return DeployedKeys(
        kit_deployment,
        KeySecret(session.client("secretsmanager", endpoint_url=endpoint_url), outputs[API_KEY_SECRET_OUTPUT]),
        UsageKeys(session.client("apigateway", endpoint_url=endpoint_url), outputs[USAGE_PLAN_OUTPUT], kit_deployment),
    )


def _outputs(client: Any, kit_deployment: str) -> dict[str, str]:
    stack = inference_api_stack(kit_deployment)
    outputs = stack_outputs(client, stack)
    if outputs is None:
        raise NotDeployedError(stack, "[inference_api]")
    for name in (API_KEY_SECRET_OUTPUT, USAGE_PLAN_OUTPUT):
        if name not in outputs:
            raise ExternalError(
                f"stack {stack} has no output {name}; deploy it again with this version of the kit, or wait while it "
                "is being deployed"
            )
    return outputs
