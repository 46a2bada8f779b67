"""Finds what a deploy made and somebody deleted by hand: CloudFormation does not look for it.

A stack's outputs say what it has made. What is gone gets another generation: a resource with another logical id.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from deployment.cost_profiles import profiled_aliases
from kit.invocation_logging import logging_changed, replaced_role_arguments
from kit.model_agreements import agreement_missing
from kit.stack_outputs import stack_outputs
from kit.vector_stores import look_at_store
from kit_contract.agents import ENDPOINT
from kit_contract.parameters import last_ingestion
from kit_contract.stacks import (
    AGENT_PARTS,
    DATA_SOURCE_ID_OUTPUT,
    GENERATIONS_CONTEXT,
    INVOCATION_LOGGING_GENERATION,
    INVOCATION_LOGGING_GENERATION_OUTPUT,
    KNOWLEDGE_BASE_GENERATION_OUTPUT,
    KNOWLEDGE_BASE_ID_OUTPUT,
    MODEL_ACCESS_GENERATION,
    MODEL_ACCESS_GENERATION_OUTPUT,
    agent_generation,
    agent_guardrail_generation,
    agent_output,
    agents_stack,
    cost_profile_generation,
    cost_profile_output,
    generations_context,
    guardrail_output,
    inference_api_stack,
    invocation_logging_stack,
    knowledge_base_generation,
    knowledge_base_stack,
    model_access_stack,
    prompt_generation,
    prompt_output,
    prompts_stack,
)

Clients = Callable[[str], Any]
Say = Callable[[str], None]
AGENTCORE = "bedrock-agentcore-control"
NOT_FOUND = ("ResourceNotFoundException", "NotFoundException", "DBClusterNotFoundFault")


def generation_arguments(config: DeploymentConfig, clients: Clients, say: Say) -> list[str]:
    """Arguments of `cdk deploy` that replace what is gone, and keep what replaced something before; none if nothing.

    With those for what take_over replaces.

    Without the permission to look, the deploy goes on and says so.
    """
    found = {name: number for name, number in _generations(config, clients, say) if number > 1}
    logging = config.invocation_logging
    return [
        *(["-c", f"{GENERATIONS_CONTEXT}={generations_context(found)}"] if found else []),
        *(replaced_role_arguments(config.deployment.name, clients, say) if logging and logging.take_over else []),
    ]


def _generations(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    if config.guardrails and config.inference_api:
        outputs = _outputs(clients, inference_api_stack(config.deployment.name), say)
        yield from _of_guardrails({name: name for name in config.guardrails}, outputs, clients, say)
    if config.agents:
        outputs = _outputs(clients, agents_stack(config.deployment.name), say)
        own = {name: agent_guardrail_generation(name) for name in config.guardrails}
        yield from _of_guardrails(own, outputs, clients, say)
        for agent, part in product(config.agents, AGENT_PARTS):
            if made := outputs.get(agent_output(agent, part)):
                number, *identifiers = made.split()
                gone = _gone(partial(AGENT_LOOKS[part], clients, *identifiers), f"{part} of agent {agent}", say)
                yield agent_generation(agent, part), int(number) + gone
    yield from _of_prompts(config, clients, say)
    yield from _of_model_access(config, clients, say)
    yield from _of_logging(config, clients, say)
    yield from _of_profiles(config, clients, say)
    if config.built_knowledge_bases:
        outputs = _outputs(clients, knowledge_base_stack(config.deployment.name), say)
        for name in config.built_knowledge_bases:
            key = config.knowledge_base_key(name)
            if f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}" in outputs:
                what = f"knowledge base {name}" if key else "knowledge base"
                result = last_ingestion(config.deployment.name, name)
                gone = _gone(partial(_knowledge_base, clients, outputs, key, result), what, say)
                generation = int(outputs.get(f"{key}{KNOWLEDGE_BASE_GENERATION_OUTPUT}", "1"))
                yield knowledge_base_generation(key), generation + gone


def _of_prompts(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    outputs = _outputs(clients, prompts_stack(config.deployment.name), say) if config.prompts else {}
    for name in config.prompts:
        if made := outputs.get(prompt_output(name)):
            number, version = made.split()
            gone = _gone(partial(_prompt, clients, version), f"prompt {name}", say)
            yield prompt_generation(name), int(number) + gone


def _of_model_access(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    if not config.model_access:
        return
    outputs = _outputs(clients, model_access_stack(config.deployment.name), say)
    if made := outputs.get(MODEL_ACCESS_GENERATION_OUTPUT):
        yield MODEL_ACCESS_GENERATION, int(made) + agreement_missing(config, clients, say)


def _of_logging(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    if not config.invocation_logging:
        return
    outputs = _outputs(clients, invocation_logging_stack(config.deployment.name), say)
    if made := outputs.get(INVOCATION_LOGGING_GENERATION_OUTPUT):
        changed = logging_changed(config.deployment.name, clients, say)
        yield INVOCATION_LOGGING_GENERATION, int(made) + changed


def _of_profiles(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    if not (aliases := profiled_aliases(config)):
        return
    outputs = _outputs(clients, inference_api_stack(config.deployment.name), say)
    for alias in aliases:
        if made := outputs.get(cost_profile_output(alias)):
            number, identifier = made.split()
            look = partial(clients("bedrock").get_inference_profile, inferenceProfileIdentifier=identifier)
            yield cost_profile_generation(alias), int(number) + _gone(look, f"inference profile of {alias}", say)


def _of_guardrails(
    generations: Mapping[str, str], outputs: Mapping[str, str], clients: Clients, say: Say
) -> Iterator[tuple[str, int]]:
    """`generations`: the guardrail's section -> its name in the context."""
    for name, generation in generations.items():
        if served := outputs.get(guardrail_output(name)):
            number, identifier, version = served.split()
            gone = _gone(partial(_guardrail, clients, identifier, version), f"guardrail {name}", say)
            yield generation, int(number) + gone


def _guardrail(clients: Clients, identifier: str, version: str) -> None:
    clients("bedrock").get_guardrail(guardrailIdentifier=identifier, guardrailVersion=version)


def _prompt(clients: Clients, version: str) -> None:
    identifier, _, number = version.rpartition("/")[2].partition(":")
    clients("bedrock-agent").get_prompt(promptIdentifier=identifier, promptVersion=number)


def _knowledge_base(clients: Clients, outputs: Mapping[str, str], key: str, result: str) -> None:
    agent, identifier = clients("bedrock-agent"), outputs[f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}"]
    found = agent.get_knowledge_base(knowledgeBaseId=identifier)["knowledgeBase"]
    agent.get_data_source(knowledgeBaseId=identifier, dataSourceId=outputs[f"{key}{DATA_SOURCE_ID_OUTPUT}"])
    if storage := found.get("storageConfiguration"):  # none of a managed one
        look_at_store(clients, storage, result)


def _harness(clients: Clients, identifier: str) -> None:
    clients(AGENTCORE).get_harness_endpoint(harnessId=identifier, endpointName=ENDPOINT)


def _gateway(clients: Clients, identifier: str, *targets: str) -> None:
    clients(AGENTCORE).get_gateway(gatewayIdentifier=identifier)
    for target in targets:
        clients(AGENTCORE).get_gateway_target(gatewayIdentifier=identifier, targetId=target)


def _memory(clients: Clients, identifier: str) -> None:
    clients(AGENTCORE).get_memory(memoryId=identifier)


AGENT_LOOKS = {"harness": _harness, "gateway": _gateway, "memory": _memory}


def _gone(look: Callable[[], None], what: str, say: Say) -> bool:
    try:
        look()
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in NOT_FOUND:
            say(f"{what}: was deleted outside of this deployment; the deploy makes a new one")
            return True
        say(f"warning: whether the {what} still exists is unknown: {error}")
    return False


def _outputs(clients: Clients, stack: str, say: Say) -> dict[str, str]:
    """None of a stack that does not exist yet."""
    try:
        return stack_outputs(clients("cloudformation"), stack) or {}
    except (ClientError, BotoCoreError) as error:
        say(f"warning: whether all resources of {stack} still exist is unknown: {error}")
        return {}
