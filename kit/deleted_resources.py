"""Finds guardrails and knowledge bases that a deploy made and that are gone: CloudFormation does not look for them.

A stack's outputs say what it has made. What is gone gets another generation: a resource with another logical id.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from kit.stack_outputs import stack_outputs
from kit_contract.stacks import (
    DATA_SOURCE_ID_OUTPUT,
    GENERATIONS_CONTEXT,
    KNOWLEDGE_BASE_GENERATION_OUTPUT,
    KNOWLEDGE_BASE_ID_OUTPUT,
    generations_context,
    guardrail_output,
    inference_api_stack,
    knowledge_base_generation,
    knowledge_base_stack,
)

Clients = Callable[[str], Any]
Say = Callable[[str], None]
NOT_FOUND = ("ResourceNotFoundException", "NotFoundException")


def generation_arguments(config: DeploymentConfig, clients: Clients, say: Say) -> list[str]:
    """Arguments of `cdk deploy` that replace what is gone, and keep what replaced something before; none if nothing.

    Without the permission to look, the deploy goes on and says so.
    """
    found = {name: number for name, number in _generations(config, clients, say) if number > 1}
    return ["-c", f"{GENERATIONS_CONTEXT}={generations_context(found)}"] if found else []


def _generations(config: DeploymentConfig, clients: Clients, say: Say) -> Iterator[tuple[str, int]]:
    if config.guardrails:
        outputs = _outputs(clients, inference_api_stack(config.deployment.name), say)
        for name in config.guardrails:
            if served := outputs.get(guardrail_output(name)):
                number, identifier, version = served.split()
                gone = _gone(partial(_guardrail, clients, identifier, version), f"guardrail {name}", say)
                yield name, int(number) + gone
    if config.built_knowledge_bases:
        outputs = _outputs(clients, knowledge_base_stack(config.deployment.name), say)
        for name in config.built_knowledge_bases:
            key = config.knowledge_base_key(name)
            if f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}" in outputs:
                what = f"knowledge base {name}" if key else "knowledge base"
                gone = _gone(partial(_knowledge_base, clients, outputs, key), what, say)
                generation = int(outputs.get(f"{key}{KNOWLEDGE_BASE_GENERATION_OUTPUT}", "1"))
                yield knowledge_base_generation(key), generation + gone


def _guardrail(clients: Clients, identifier: str, version: str) -> None:
    clients("bedrock").get_guardrail(guardrailIdentifier=identifier, guardrailVersion=version)


def _knowledge_base(clients: Clients, outputs: Mapping[str, str], key: str) -> None:
    agent, identifier = clients("bedrock-agent"), outputs[f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}"]
    found = agent.get_knowledge_base(knowledgeBaseId=identifier)["knowledgeBase"]
    agent.get_data_source(knowledgeBaseId=identifier, dataSourceId=outputs[f"{key}{DATA_SOURCE_ID_OUTPUT}"])
    index = found["storageConfiguration"]["s3VectorsConfiguration"]["indexArn"]
    clients("s3vectors").get_index(indexArn=index)


def _gone(look: Callable[[], None], what: str, say: Say) -> bool:
    try:
        look()
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in NOT_FOUND:
            say(f"{what}: was deleted outside of this deployment; making a new one ({error})")
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
