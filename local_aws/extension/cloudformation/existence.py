"""Drift detection of Bedrock's resources: whether what a template made still exists. ministack checks other services'.

CloudFormation calls the read handler of each type: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import bedrock, bedrock_agent
from ministack.services.cloudformation import drift

from local_aws.extension.agents import registry
from local_aws.extension.bedrock import prompts as stored_prompts
from local_aws.extension.bedrock.responses import BedrockError, Response
from local_aws.extension.cloudformation import (
    agents,
    gateways,
    guardrails,
    inference_profiles,
    knowledge_bases,
    memories,
    prompts,
)
from local_aws.extension.cloudformation.service_calls import Properties
from local_aws.extension.vector_indexes import indexes

LOOKS: Mapping[str, Callable[[str], bool]] = {
    prompts.PROMPT: lambda arn: _answers(lambda: stored_prompts.get({}, arn)),
    prompts.VERSION: lambda arn: _answers(lambda: stored_prompts.get({}, arn)),
    guardrails.GUARDRAIL: lambda arn: _answers(lambda: bedrock._get_guardrail(arn, {})),
    inference_profiles.INFERENCE_PROFILE: lambda arn: _answers(
        lambda: bedrock._get_inference_profile(arn.rsplit("/", 1)[-1])
    ),
    knowledge_bases.KNOWLEDGE_BASE: lambda number: number in bedrock_agent._knowledge_bases,
    knowledge_bases.DATA_SOURCE: lambda pair: _answers(lambda: bedrock_agent._get_ds(*pair.split("|"))),
    "AWS::S3Vectors::Index": lambda arn: arn in indexes,
    agents.HARNESS: lambda arn: registry.last_part(arn) in registry.harnesses,
    gateways.GATEWAY: lambda number: number in registry.gateways,
    memories.MEMORY: lambda arn: registry.memory(arn) is not None,
}


def install() -> None:
    """No properties are compared: an empty set of them is a check of existence."""
    for resource_type, look in LOOKS.items():
        drift._DRIFT_READERS[resource_type] = (_reader(look), frozenset())


def _reader(look: Callable[[str], bool]) -> Callable[[str, Properties], Any]:
    return lambda physical_id, _: {} if look(physical_id) else None


def _answers(get: Callable[[], Response]) -> bool:
    try:
        return get()[0] < 400
    except BedrockError as error:
        return error.code != "ResourceNotFoundException"
