"""Chats of OpenAI's, Bedrock's and ShareGPT's form as turns of plain text; what is no text is refused by name. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from training_data.conversation import Conversation

SYSTEM_ROLES = ("system", "developer")
SHAREGPT_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}
NOTHING: tuple[Any, ...] = (None, "", [], {})


def chat_conversation(record: Mapping[str, Any], key: str = "messages") -> Conversation:
    """The turns in `key`, with the system prompt before them or as the first of them."""
    messages = record[key] if isinstance(record.get(key), list) else None
    if messages is None:
        got = type(record.get(key)).__name__
        raise ValueError(f"{key} must be a list of turns, got {got}; write a list")
    system = plain_text(record["system"], "system") if record.get("system") not in NOTHING else ""
    others = {
        name: value
        for name, value in record.items()
        if name not in ("schemaVersion", "system", key) and value not in NOTHING
    }
    turns: list[tuple[str, str]] = []
    for index, message in enumerate(messages):
        role, text, left = _message(message, f"{key}[{index}]")
        others |= left
        turns.append((role, text))
    return conversation_from(system, turns, others)


def sharegpt_conversation(record: Mapping[str, Any]) -> Conversation:
    """`conversations` of {"from", "value"}, or of {"role", "content"} as in a chat."""
    spoken = record["conversations"]
    if isinstance(spoken, list) and any(isinstance(item, dict) and "role" in item for item in spoken):
        return chat_conversation(record, "conversations")
    if not isinstance(spoken, list):
        raise ValueError(f"conversations must be a list of turns, got {type(spoken).__name__}; write a list")
    turns = []
    for index, item in enumerate(spoken):
        where = f"conversations[{index}]"
        if not isinstance(item, dict):
            raise ValueError(f"{where} must be an object with from and value, got {type(item).__name__}; correct it")
        role = SHAREGPT_ROLES.get(str(item.get("from")))
        if role is None:
            allowed = ", ".join(SHAREGPT_ROLES)
            raise ValueError(f"{where}.from must be one of {allowed}, got {item.get('from')!r}; fine-tuning takes text")
        turns.append((role, turn_text(item.get("value"), f"{where}.value", role)))
    others = {
        key: value for key, value in record.items() if key not in ("system", "conversations") and value not in NOTHING
    }
    system = plain_text(record["system"], "system") if record.get("system") not in NOTHING else ""
    return conversation_from(system, turns, others)


def conversation_from(system: str, turns: Iterable[tuple[str, str]], others: Mapping[str, Any]) -> Conversation:
    """System turns at the beginning are the system prompt. Raises ValueError for one between other turns."""
    prompts, given = [system] if system else [], list(turns)
    while given and given[0][0] in SYSTEM_ROLES:
        prompt = given.pop(0)[1]
        prompts += [prompt] if prompt else []
    if any(role in SYSTEM_ROLES for role, _ in given):
        raise ValueError("has a system prompt between its turns, Bedrock takes one before them; split the record")
    alternating, changes = _alternating(given)
    return Conversation("\n\n".join(prompts) or None, alternating, others, changes)


def _alternating(given: list[tuple[str, str]]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """User and assistant by turns, the user first, as Bedrock demands; and what was changed for that."""
    turns: list[tuple[str, str]] = []
    changes = []
    for role, text in given:
        if role not in ("user", "assistant"):
            raise ValueError(f"has a turn of the role {role!r}; allowed are system, user and assistant, rename it")
        if not turns and role == "assistant":
            changes.append("left out the assistant's turn before the user's first")
        elif turns and turns[-1][0] == role:
            turns[-1] = (role, f"{turns[-1][1]}\n\n{text}")
            changes.append(f"joined two turns of the {role} that follow each other")
        else:
            turns.append((role, text))
    return tuple(turns), tuple(dict.fromkeys(changes))


def _message(message: Any, where: str) -> tuple[str, str, dict[str, Any]]:
    """Role, text, and what else the message holds, keyed by its place."""
    if not isinstance(message, dict):
        raise ValueError(f"{where} must be an object with role and content, got {type(message).__name__}; correct it")
    for key in ("tool_calls", "function_call"):
        if message.get(key) not in NOTHING:
            raise ValueError(f"{where} calls a tool ({key}); records hold text only, write the call as text or drop it")
    role = message.get("role")
    if role in ("tool", "function"):
        raise ValueError(f"{where} is a tool's result (role {role!r}); records hold text only, drop the record")
    text = turn_text(message.get("content"), f"{where}.content", str(role))
    left = {
        f"{where}.{key}": value
        for key, value in message.items()
        if key not in ("role", "content") and value not in NOTHING and (key != "weight" or role == "assistant")
    }
    return str(role), text, left


def turn_text(content: Any, where: str, role: str) -> str:
    """The text of a turn. Raises ValueError for an empty one; a system prompt may be empty: there is none then."""
    text = plain_text(content, where)
    if not text.strip() and role not in SYSTEM_ROLES:
        raise ValueError(f"{where} must be text that is not empty, got {text[:40]!r}; write it or drop the record")
    return text


def plain_text(content: Any, where: str) -> str:
    """The text of strings, of OpenAI's text parts and of Bedrock's blocks; other content would be lost unnoticed."""
    parts = [content] if isinstance(content, str) else content
    if not isinstance(parts, list):
        raise ValueError(f"{where} must be text or a list of text blocks, got {type(content).__name__}; write text")
    texts = []
    for part in parts:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str):
            raise ValueError(f"{where} may hold text only, got {str(part)[:60]}; take it out")
        texts.append(text)
    return encodable("\n".join(texts), where)


def encodable(text: str, where: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{where} has half a character (\\u{ord(text[error.start]):04x}); write it again") from None
    return text
