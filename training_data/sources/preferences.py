"""Preferences as in datasets for DPO and of OpenAI: a prompt, the chosen answer and the rejected one. Pure."""

from collections.abc import Mapping
from typing import Any

from training_data.conversation import Conversation
from training_data.sources.chats import SHAREGPT_ROLES, chat_conversation

CHOSEN, REJECTED = ("chosen", "preferred_output"), ("rejected", "non_preferred_output")
PROMPTS = ("prompt", "question", "instruction", "input", "messages", "conversations")


def is_preference(record: Mapping[str, Any]) -> bool:
    return any(isinstance(record.get(key), str | list | dict) for key in CHOSEN)


def preference_conversation(record: Mapping[str, Any]) -> Conversation:
    """The prompt and the chosen answer; the rejected one is nowhere. Raises ValueError where there is no prompt."""
    good = next(key for key in CHOSEN if key in record)
    chosen = _messages(record[good], "assistant", good)
    prompt = next((key for key in PROMPTS if record.get(key)), "prompt")
    whole = bool(chosen) and chosen[0].get("role") in ("user", "system")
    if not whole and prompt not in record:
        raise ValueError(f"has no prompt beside {good}; add it as prompt, or give {good} as messages with the question")
    before = [] if whole else _messages(record[prompt], "user", prompt)
    others = {key: value for key, value in record.items() if key not in (prompt, *CHOSEN, *REJECTED)}
    return chat_conversation({**others, "messages": [*before, *chosen]})


def _messages(value: Any, role: str, where: str) -> list[dict[str, Any]]:
    """A text is a turn of `role`; turns may be of OpenAI's form or ShareGPT's."""
    if isinstance(value, str):
        return [{"role": role, "content": value}]
    if isinstance(value, dict):
        value = value.get("messages", [value])
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise ValueError(f"{where} must be text or a list of turns, got {type(value).__name__}; correct it")
    return [_turn(turn) for turn in value]


def _turn(turn: Mapping[str, Any]) -> dict[str, Any]:
    if "from" not in turn:
        return dict(turn)
    return {"role": SHAREGPT_ROLES.get(str(turn["from"]), turn["from"]), "content": turn.get("value")}
