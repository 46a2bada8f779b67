"""Refuses the Converse and ConverseStream requests that Bedrock refuses, with its messages.

The constraints are those of botocore's bedrock-runtime model, which SDKs check in part. Users reported the messages:
- roles: https://github.com/langchain-ai/langchain-aws/issues/192, https://github.com/langgenius/dify/issues/12340
- tool calls and results: https://github.com/strands-agents/harness-sdk/issues/1435,
  https://github.com/NousResearch/hermes-agent/issues/108584, https://github.com/langgenius/dify/issues/7328
- schemas: https://github.com/cognitect-labs/aws-api/issues/272, https://github.com/aws/aws-sdk-net/issues/3377
- toolChoice: https://github.com/strands-agents/harness-sdk/issues/1241
- cache points: https://github.com/BerriAI/litellm/pull/39210, https://github.com/earendil-works/pi/issues/2053, and
  https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (on-demand models; Nova: not at tools)
- structured output: https://github.com/vectorize-io/hindsight/issues/3300 (no model has it here)
"""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from local_aws.extension.bedrock.bedrock_error import BedrockError

TOOL_NAME, TOOL_NAME_LENGTH = "[a-zA-Z0-9_-]+", 64
TOOL_USE_ID = "[a-zA-Z0-9_.:-]+"
# Underscores are taken, other blanks than one space are not: https://github.com/aws-samples/generative-ai-use-cases/issues/1671
DOCUMENT_NAME = r"(?!.*  )[a-zA-Z0-9 ()\[\]_-]{1,200}"
DOCUMENT_NAME_REFUSED = (
    "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and "
    "square brackets. The name can't contain more than one consecutive whitespace character. Check that the file name "
    "conforms to these restrictions and retry your request."
)
RANGES = {"maxTokens": (1, None), "temperature": (0, 1), "topP": (0, 1)}
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
NO_FORCED_CHOICE = ("meta.",)
CACHES, CACHES_BUT_TOOLS = ("anthropic.claude-",), ("amazon.nova-",)
Request = dict[str, Any]


def check(model: str, request: Request) -> None:
    """Raise BedrockError where Bedrock would refuse `request` to `model`."""
    messages = request.get("messages")
    tools = request.get("toolConfig")
    _check_inference(request.get("inferenceConfig") or {})
    _check_cache_points(model, request)
    if (request.get("outputConfig") or {}).get("textFormat"):
        raise _refused("The model returned the following errors: output_config.format: Extra inputs are not permitted")
    if isinstance(tools, dict):
        _check_tools(tools.get("tools") or [])
        _check_choice(model, tools)
    if isinstance(messages, list) and all(isinstance(message, dict) for message in messages):
        _check_content(messages)
        _check_roles([message.get("role") for message in messages])
        _check_calls(messages, with_tools=bool(tools))


def _check_inference(given: Request) -> None:
    for name, (least, most) in RANGES.items():
        value = given.get(name)
        if value is not None and value < least:
            raise _constraint(value, f"inferenceConfig.{name}", f"have value greater than or equal to {least}")
        if value is not None and most is not None and value > most:
            raise _constraint(value, f"inferenceConfig.{name}", f"have value less than or equal to {most}")


def _check_cache_points(model: str, request: Request) -> None:
    if not model.startswith((*CACHES, *CACHES_BUT_TOOLS)) and '"cachePoint":' in json.dumps(request):
        message = "You invoked an unsupported model or your request did not allow prompt caching."
        raise BedrockError("AccessDeniedException", message)
    tools = (request.get("toolConfig") or {}).get("tools") or []
    if model.startswith(CACHES_BUT_TOOLS) and any("cachePoint" in tool for tool in tools):
        where = "Malformed input request: #/toolConfig/tools: extraneous key [cachePoint] is not permitted"
        raise _refused(f"{where}, please reformat your input and try again.")


def _check_content(messages: list[Request]) -> None:
    for index, message in enumerate(messages):
        if not message.get("content"):
            where = f"The content field in the Message object at messages.{index} is empty."
            raise _refused(f"{where} Add a ContentBlock object to the content field and try again.")
        for position, block in enumerate(message["content"]):
            if isinstance(block.get("text"), str) and not block["text"].strip():
                where = f"The text field in the ContentBlock object at messages.{index}.content.{position} is blank."
                raise _refused(f"{where} Add text to the text field, and try again.")
            if not re.fullmatch(DOCUMENT_NAME, (block.get("document") or {}).get("name", "a")):
                raise _refused(DOCUMENT_NAME_REFUSED)


def _check_roles(roles: list[Any]) -> None:
    if roles and roles[0] != "user":
        raise _refused(
            "A conversation must start with a user message. "
            "Try again with a conversation that starts with a user message."
        )
    if any(first == second for first, second in pairwise(roles)):
        raise _refused(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates "
            "between user and assistant roles and try again."
        )


def _check_calls(messages: list[Request], *, with_tools: bool) -> None:
    """Each call has its result in the next turn, and each result its call in the turn before."""
    uses = [list(_blocks(message, "toolUse")) for message in messages]
    results = [list(_blocks(message, "toolResult")) for message in messages]
    if not with_tools and any(uses + results):
        raise _refused("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    for index, answered in enumerate(results):
        called = [use.get("toolUseId") for use in (uses[index - 1] if index else [])]
        given = [result.get("toolUseId") for result in answered]
        if len(given) > len(called):
            where = f"The number of toolResult blocks at messages.{index}.content"
            raise _refused(f"{where} exceeds the number of toolUse blocks of previous turn.")
        if missing := [str(name) for name in called if name not in given]:
            names = ", ".join(missing)
            raise _refused(f"Expected toolResult blocks at messages.{index}.content for the following Ids: {names}")
    for index, used in enumerate(uses):
        for use in used:
            where = f"messages.{index + 1}.member.content.member.toolUse"
            _check_name(use.get("name"), f"{where}.name")
            _check_name(use.get("toolUseId"), f"{where}.toolUseId", TOOL_USE_ID)


def _blocks(message: Request, kind: str) -> Iterator[Request]:
    return (block[kind] for block in message["content"] if isinstance(block.get(kind), dict))


def _check_tools(tools: list[Request]) -> None:
    names = []
    for index, tool in enumerate(tools):
        spec = tool.get("toolSpec")
        if isinstance(spec, dict):
            _check_name(spec.get("name"), f"toolConfig.tools.{index + 1}.member.toolSpec.name")
            _check_schema((spec.get("inputSchema") or {}).get("json"), index)
            names.append(spec["name"])
    if len(set(names)) < len(names):
        raise _refused("The model returned the following errors: tools: Tool names must be unique.")


def _check_name(name: Any, where: str, pattern: str = TOOL_NAME) -> None:
    if not isinstance(name, str) or not re.fullmatch(pattern, name):
        raise _constraint(name, where, f"satisfy regular expression pattern: {pattern}")
    if len(name) > TOOL_NAME_LENGTH:
        raise _constraint(name, where, f"have length less than or equal to {TOOL_NAME_LENGTH}")


def _check_schema(schema: Any, index: int) -> None:
    where = f"toolConfig.tools.{index}.toolSpec.inputSchema.json"
    if not isinstance(schema, dict):
        raise _refused(
            f"The format of the value at {where} is invalid. Provide a json object for the field and try again."
        )
    if schema.get("type") != "object":
        raise _refused(f"The value at {where}.type must be one of the following: object.")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError:
        raise _refused(
            f"The model returned the following errors: tools.{index}.custom.input_schema: JSON schema is invalid. "
            "It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12)."
        ) from None


def _check_choice(model: str, tools: Request) -> None:
    choice = tools.get("toolChoice") or {}
    for kind in ("any", "tool"):
        if kind in choice and model.startswith(NO_FORCED_CHOICE):
            field = f"toolConfig.toolChoice.{kind}"
            raise _refused(f"This model doesn't support the {field} field. Remove {field} and try again.")
    names = [(tool.get("toolSpec") or {}).get("name") for tool in tools.get("tools") or []]
    wanted = (choice.get("tool") or {}).get("name")
    if wanted is not None and wanted not in names:
        raise _refused(
            f"The model returned the following errors: tool_choice: Tool '{wanted}' not found in provided tools"
        )


def _constraint(value: Any, where: str, must: str) -> BedrockError:
    return _refused(
        f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: Member must {must}"
    )


def _refused(message: str) -> BedrockError:
    return BedrockError("ValidationException", message)
