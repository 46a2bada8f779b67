"""The body of POST /v1/agents/NAME/invoke. Only texts and decisions reach the harness.

Who may set model, tools, skills or systemPrompt of InvokeHarness can do what the harness's role can do:
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html#harness-trust-boundary
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from inference_api import fields
from inference_api.agents.approvals import Call
from inference_api.fields import invalid

FIELDS = ("input", "session_id", "user", "stream", "approve", "reject")
CALL_FIELDS = ("id", "name", "arguments")
MAX_SESSION_CHARACTERS = 256


class Decision(NamedTuple):
    """`reason`: why the person declined, or "". `where`: the field of the request."""

    call: Call
    approved: bool
    reason: str
    where: str


class Question(NamedTuple):
    """`texts`: what the user says, empty if the request decides about calls."""

    texts: tuple[str, ...]
    decisions: tuple[Decision, ...]
    session_id: str
    user: str
    stream: bool


def question_of(body: Mapping[str, Any], new_id: Callable[[], str]) -> Question:
    """Raises ApiError 400. Without a session id the request begins a session."""
    fields.refuse_others(body, FIELDS)
    decisions = (*_decisions(body, "approve"), *_decisions(body, "reject"))
    session_id = _limited(body, "session_id")
    if decisions and session_id is None:
        message = "session_id is missing; approve and reject need that of the answer that showed the calls"
        raise invalid("session_id", message, code="missing_field")
    if decisions and body.get("input") is not None:
        raise invalid("input", "input must be left out beside approve and reject; send it in the next request")
    if len({decision.call.id for decision in decisions}) < len(decisions):
        raise invalid("approve", "approve and reject name a call twice; decide about each once")
    return Question(
        texts=() if decisions else _texts(body),
        decisions=decisions,
        session_id=session_id or new_id(),
        user=_limited(body, "user") or "",
        stream=fields.flag(body, "stream") is True,
    )


def _limited(body: Mapping[str, Any], name: str) -> str | None:
    return None if body.get(name) is None else fields.text(body, name, max_length=MAX_SESSION_CHARACTERS)


def _texts(body: Mapping[str, Any]) -> tuple[str, ...]:
    """`input` is a text, or messages of the user: what the agent said before is in its session."""
    if not isinstance(body.get("input"), list):
        return (fields.text(body, "input"),)
    messages = fields.items(body, "input")
    for index, message in enumerate(messages):
        where = f"input[{index}]."
        fields.refuse_others(message, ("role", "content"), where=where)
        if message.get("role") != "user":
            reason = "the agent's session has its own answers, and it takes no instructions"
            raise invalid(f"{where}role", f"{where}role must be user: {reason}")
    if not messages:
        raise invalid("input", "input must have at least one message")
    return tuple(fields.text(message, "content", where=f"input[{index}].") for index, message in enumerate(messages))


def _decisions(body: Mapping[str, Any], name: str) -> list[Decision]:
    found = []
    for index, item in enumerate(fields.items(body, name)):
        where = f"{name}[{index}]"
        approved = name == "approve"
        fields.refuse_others(item, CALL_FIELDS if approved else (*CALL_FIELDS, "reason"), where=f"{where}.")
        if not isinstance(item.get("arguments"), dict):
            raise invalid(f"{where}.arguments", f"{where}.arguments must be the object that was shown")
        call = Call(
            fields.text(item, "id", where=f"{where}."), fields.text(item, "name", where=f"{where}."), item["arguments"]
        )
        reason = "" if approved else fields.optional_text(item, "reason", where=f"{where}.") or ""
        found.append(Decision(call, approved, reason, where))
    return found
