"""The shapes of records, detected by their keys: labelled pairs, Alpaca, ShareGPT, chats, logs, plain texts. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from training_data.conversation import Conversation
from training_data.sources.chats import chat_conversation, encodable, plain_text, sharegpt_conversation
from training_data.sources.invocation_logs import log_conversation
from training_data.sources.preferences import CHOSEN, is_preference, preference_conversation

PROMPT_KEYS = ("prompt", "question", "input")
ANSWER_KEYS = ("response", "completion", "answer", "output")
SHAPES = {
    "labelled": '{"prompt" or "question" or "input", "response" or "completion" or "answer" or "output"}',
    "alpaca": '{"instruction", "input" or "context" if any, "output" or "response"}',
    "sharegpt": '{"conversations": [{"from", "value"}]} or [{"role", "content"}]',
    "preference": '{"prompt", "chosen", "rejected"} or {"input", "preferred_output", "non_preferred_output"}',
    "chat": '{"system" if any, "messages": [{"role", "content"}]} (OpenAI)',
    "bedrock-conversation": '{"schemaVersion", "system" if any, "messages": [{"role", "content": [{"text"}]}]}',
    "invocation-log": '{"schemaType": "ModelInvocationLog", "input", "output"}',
    "unlabelled": '{"input"} or {"text"}',
}


# Some shape has each of these.
KNOWN_KEYS = frozenset({*PROMPT_KEYS, *ANSWER_KEYS, *CHOSEN, "instruction", "text", "messages", "conversations"})


def shape_of(record: Mapping[str, Any]) -> str:
    """The name of the record's shape. Raises ValueError for keys of none."""
    if record.get("schemaType") == "ModelInvocationLog":
        return "invocation-log"
    if is_preference(record):
        return "preference"
    if "messages" in record:
        return "bedrock-conversation" if "schemaVersion" in record else "chat"
    if "conversations" in record:
        return "sharegpt"
    if "instruction" in record:
        return "alpaca"
    if any(key in record for key in (*PROMPT_KEYS[:2], *ANSWER_KEYS)):
        return "labelled"
    if "input" in record or "text" in record:
        return "unlabelled"
    raise ValueError(f"has none of the known shapes, got keys {sorted(record)[:12]}; use one of {shapes_text()}")


def shapes_text() -> str:
    return ", ".join(f"{name} {keys}" for name, keys in SHAPES.items())


def conversation_of(record: Mapping[str, Any], shape: str) -> Conversation:
    """The record as turns; an unlabelled text is one turn of the role "text". Raises ValueError with what is wrong."""
    return READERS[shape](record)


def _labelled(record: Mapping[str, Any]) -> Conversation:
    prompt = next((key for key in PROMPT_KEYS if key in record), "prompt")
    answer = next((key for key in ANSWER_KEYS if key in record), None)
    turns = [("user", text_of(record, prompt))]
    if answer or "reference_answer" not in record:
        turns.append(("assistant", text_of(record, answer or "completion")))
    return Conversation(_system(record), tuple(turns), _others(record, {"system", prompt, answer}))


def _alpaca(record: Mapping[str, Any]) -> Conversation:
    """The input, if there is one, follows its instruction after a blank line."""
    extra = next((key for key in ("input", "context") if record.get(key)), None)
    answer = next((key for key in ("output", "response") if key in record), "output")
    prompt = text_of(record, "instruction")
    if extra:
        prompt = f"{prompt}\n\n{text_of(record, extra)}"
    turns = (("user", prompt), ("assistant", text_of(record, answer)))
    used: set[str | None] = {"system", "instruction", extra or "input", answer}
    return Conversation(_system(record), turns, _others(record, used))


def _unlabelled(record: Mapping[str, Any]) -> Conversation:
    key = "input" if "input" in record else "text"
    return Conversation(None, (("text", text_of(record, key)),), _others(record, {key}))


def text_of(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        got = repr(value)[:40] if key in record else "no such key"
        raise ValueError(f"{key} must be text that is not empty, got {got}; write it or drop the record")
    return encodable(value, key)


def _system(record: Mapping[str, Any]) -> str | None:
    return plain_text(record["system"], "system") or None if record.get("system") else None


def _others(record: Mapping[str, Any], used: set[str | None]) -> dict[str, Any]:
    """The keys that were not used and hold something."""
    return {key: value for key, value in record.items() if key not in used and value not in (None, "", [], {})}


READERS: dict[str, Callable[[Mapping[str, Any]], Conversation]] = {
    "labelled": _labelled,
    "alpaca": _alpaca,
    "sharegpt": sharegpt_conversation,
    "preference": preference_conversation,
    "chat": chat_conversation,
    "bedrock-conversation": chat_conversation,
    "invocation-log": log_conversation,
    "unlabelled": _unlabelled,
}
