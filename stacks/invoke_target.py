"""What a model in deployment.toml is to whoever invokes it: its id or ARN, and the ARNs that a policy must allow."""

import aws_cdk as cdk

from bedrock_constructs.inference_api.api import AliasTarget
from deployment.config import DeploymentConfig
from kit_contract.model_arns import plain_id
from model_catalog import catalog


def invoke_target(stack: cdk.Stack, config: DeploymentConfig, model: str) -> AliasTarget:
    """A foundation model or system-defined profile by its id, anything else by its ARN."""
    model_id, own_id = config.model_id(model), plain_id(model)
    arns = catalog.invoke_arns(model_id, stack.region, stack.account, partition=stack.partition) if model_id else []
    if own_id:
        return AliasTarget(model=own_id, invoke_arns=arns)
    # Of an application inference profile, the model in every Region that it routes to, but not the profile that it
    # was created from: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    return AliasTarget(model=model, invoke_arns=[model, *(arn for arn in arns if ":foundation-model/" in arn)])
