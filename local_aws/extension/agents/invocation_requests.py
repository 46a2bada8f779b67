"""Requests of InvokeHarness: what AgentCore refuses before the agent runs.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeHarness.html
"""

import json
import re
from typing import Any, NamedTuple

from local_aws.extension.agents.agent_core_error import InvalidFieldError

SESSION_HEADER = "x-amzn-bedrock-agentcore-runtime-session-id"
SESSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-_]{32,99}")
ARN = re.compile(
    r"arn:([^:]+)?:bedrock-agentcore:[a-z0-9-]+:[0-9]{12}:harness/[a-zA-Z][a-zA-Z0-9_]{0,39}-[a-zA-Z0-9]{10}"
)
ENDPOINT = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,47}")
ACTOR = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-_/]*(?::[a-zA-Z0-9-_/]+)*[a-zA-Z0-9-_/]*")
ALLOWED_TOOL = re.compile(r"\*|@?[^/]+(/[^/]+)?")
TOOL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
BLOCKS = ("text", "toolUse", "toolResult", "reasoningContent")
POSITIVE = ("maxIterations", "maxTokens", "timeoutSeconds")
Message = dict[str, Any]


class InvokeRequest(NamedTuple):
    """`body`: with what it sets in place of the harness's configuration."""

    harness_arn: str
    endpoint: str
    session_id: str
    messages: list[Message]
    actor_id: str | None
    body: dict[str, Any]


def parsed(headers: dict[str, str], query: dict[str, Any], content: bytes) -> InvokeRequest:
    """Raises InvalidFieldError."""
    try:
        body = json.loads(content or b"{}")
    except ValueError as error:
        raise InvalidFieldError("body", f"not valid JSON: {error}") from None
    given = {name.lower(): value for name, value in headers.items()}
    body = _object("body", body)
    session = given.get(SESSION_HEADER, "")
    arn, endpoint = _first(query, "harnessArn"), _first(query, "qualifier") or "DEFAULT"
    _check("harnessArn", ARN, arn)
    _check("qualifier", ENDPOINT, endpoint)
    _check("runtimeSessionId", SESSION, session)
    if body.get("actorId") is not None:
        _check("actorId", ACTOR, body["actorId"])
    _check_overrides(body)
    return InvokeRequest(arn, endpoint, session, _messages(body.get("messages")), body.get("actorId"), body)


def _check_overrides(body: dict[str, Any]) -> None:
    for name in POSITIVE:
        value = body.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise InvalidFieldError(name, f"must be a whole number from 1, got {value!r}")
    for number, pattern in enumerate(body.get("allowedTools") or []):
        _check(f"allowedTools.{number}", ALLOWED_TOOL, pattern)


def _messages(given: Any) -> list[Message]:
    if not isinstance(given, list) or not given:
        raise InvalidFieldError("messages", "at least one message is needed")
    messages = [_message(f"messages.{number}", message) for number, message in enumerate(given)]
    if messages[-1]["role"] != "user":
        raise InvalidFieldError("messages", "the last message must have the role user")
    return messages


def _message(where: str, given: Any) -> Message:
    message = _object(where, given)
    if message.get("role") not in ("user", "assistant"):
        raise InvalidFieldError(f"{where}.role", f"must be user or assistant, got {message.get('role')!r}")
    content = message.get("content")
    if not isinstance(content, list) or not content:
        raise InvalidFieldError(f"{where}.content", "at least one content block is needed")
    for number, block in enumerate(content):
        _check_block(f"{where}.content.{number}", _object(f"{where}.content.{number}", block))
    return {"role": message["role"], "content": content}


def _check_block(where: str, block: dict[str, Any]) -> None:
    if len(block) != 1 or next(iter(block)) not in BLOCKS:
        raise InvalidFieldError(where, f"must have exactly one of {', '.join(BLOCKS)}")
    if "text" in block and (not isinstance(block["text"], str) or not block["text"]):
        raise InvalidFieldError(f"{where}.text", "must have at least one character")
    for kind in ("toolUse", "toolResult"):
        if kind in block:
            _check(f"{where}.{kind}.toolUseId", TOOL_ID, _object(f"{where}.{kind}", block[kind]).get("toolUseId"))


def _object(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidFieldError(where, "must be an object")
    return value


def _check(field: str, pattern: re.Pattern[str], value: Any) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidFieldError(field, f"must match {pattern.pattern}, got {value!r}")


def _first(query: dict[str, Any], name: str) -> str:
    value = query.get(name) or ""
    return str(value[0] if isinstance(value, list) else value)
