"""AWS::Bedrock::Prompt and AWS::Bedrock::PromptVersion."""

from contextlib import suppress

from local_aws.extension.bedrock import prompts
from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members

PROMPT, VERSION = "AWS::Bedrock::Prompt", "AWS::Bedrock::PromptVersion"


def create(_: str, properties: Properties) -> Created:
    made = answer(prompts.create(members(properties)))
    return made["arn"], attributes(PROMPT, made)


def update(arn: str, properties: Properties) -> Properties:
    return attributes(PROMPT, answer(prompts.update(members(properties), arn)))


def create_version(_: str, properties: Properties) -> Created:
    made = answer(prompts.create_version(members(properties), properties["PromptArn"]))
    return made["arn"], attributes(VERSION, {**made, "promptId": made["id"]})


def delete(arn: str) -> None:
    """Of a prompt or a version; one that is gone is deleted."""
    with suppress(BedrockError):
        prompts.delete({}, arn)
