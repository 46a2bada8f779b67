"""The application inference profile of each alias: its tags say on the bill which alias cost what."""

import aws_cdk as cdk

from bedrock_constructs.inference_profile import InferenceProfile
from deployment.config import DeploymentConfig
from deployment.cost_profiles import profiled_aliases
from kit_contract.stacks import (
    GENERATIONS_CONTEXT,
    cost_profile_generation,
    cost_profile_output,
    generations_from,
    pascal,
)
from kit_contract.tags import ALIAS_TAG
from stacks.invoke_target import invoke_target

ACTIVATE_TAG = (
    f"Costs are counted by alias from when the cost allocation tag {ALIAS_TAG} is active: Billing and Cost Management, "
    "Cost allocation tags, Activate. The tag is listed there up to 24 hours after the first deploy, and takes up to 24 "
    "more to become active."
)


def cost_profiles(stack: cdk.Stack, config: DeploymentConfig) -> dict[str, str]:
    """Alias -> the ARN of its profile, of the aliases that have one."""
    generations = generations_from(stack.node.try_get_context(GENERATIONS_CONTEXT))
    found = {}
    for alias in profiled_aliases(config):
        generation = generations.get(cost_profile_generation(alias), 1)
        profile = InferenceProfile(
            stack,
            f"CostProfile{pascal(alias)}",
            name=f"{config.deployment.name}-{alias}",
            copied_from=invoke_target(stack, config, config.aliases[alias].model).invoke_arns[0],
            alias=alias,
            generation=generation,
        )
        found[alias] = profile.arn
        cdk.CfnOutput(stack, cost_profile_output(alias), value=f"{generation} {profile.id}")
    if found:
        cdk.CfnOutput(stack, "ActivateAliasTag", value=ACTIVATE_TAG)
    return found
