"""The guardrails of a stack: those of [guardrails.*] that something in it applies.

Each stack has its own. CloudFormation changes what uses a guardrail first and deletes the guardrail afterwards, but in
one stack only.
"""

from collections.abc import Collection

import aws_cdk as cdk

from bedrock_constructs.guardrails import Guardrail
from deployment.config import DeploymentConfig
from kit_contract.agents import guardrail_name
from kit_contract.run_names import bedrock_name
from kit_contract.stacks import (
    GENERATIONS_CONTEXT,
    agent_guardrail_generation,
    generations_from,
    guardrail_output,
    pascal,
)
from model_catalog.guardrail_profiles import destinations
from stacks.guardrail_policies import guardrail_policies


def served_guardrails(
    stack: cdk.Stack, config: DeploymentConfig, applied: Collection[str], *, agents: bool = False
) -> dict[str, Guardrail]:
    """`agents`: those of the stack of the agents, whose names in Bedrock and generations are their own."""
    generations = generations_from(stack.node.try_get_context(GENERATIONS_CONTEXT))
    found = {}
    for name, section in config.guardrails.items():
        if name not in applied:
            continue
        generation = generations.get(agent_guardrail_generation(name) if agents else name, 1)
        found[name] = guardrail = Guardrail(
            stack,
            f"Guardrail{pascal(name)}",
            name=(guardrail_name if agents else bedrock_name)(config.deployment.name, name),
            description=section.description,
            blocked_input=section.blocked_input,
            blocked_output=section.blocked_output,
            policies=guardrail_policies(section),
            profile=section.profile,
            profile_regions=tuple(destinations(section.profile, config.deployment.region)) if section.profile else (),
            kms_key_arn=section.kms_key_arn,
            generation=generation,
        )
        served = f"{generation} {guardrail.guardrail_id} {guardrail.version}"
        cdk.CfnOutput(stack, guardrail_output(name), value=served)
    return found
