"""The files that the snippets name, with the contents that their printed outputs speak of."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.deployment_file import shipped_file
from tests.docs.pages import PROJECT

TOOL_CALLS = (17, 98)  # the lines that docs/converting-datasets.md shows as dropped
CHATS, ALPACAS = 412, 30


def sample_folder(folder: Path) -> Path:
    """A project folder as far as snippets look at it: deployment.toml, the examples, and datasets beside them."""
    shutil.copy(shipped_file(), folder)
    (folder / "examples").symlink_to(PROJECT / "examples")
    for name in ("labelled.json", "unlabelled.jsonl", "chat.jsonl"):
        shutil.copy(PROJECT / "examples" / "support" / name, folder)
    _write(folder / "chats.jsonl", [*map(_chat, range(1, CHATS + 1)), *map(_alpaca, range(ALPACAS))])
    _write(folder / "train.jsonl", [_converse(number) for number in range(1, 413)])
    for name in ("validation.jsonl", "held-out.jsonl"):
        _write(folder / name, [_converse(number) for number in range(1001, 1031)])
    return folder


def _write(file: Path, records: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def _chat(number: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"role": "assistant", "content": f"It is number {number}."}
    if number in TOOL_CALLS:
        answer["tool_calls"] = [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    return {"messages": [{"role": "user", "content": f"What is E{number}?"}, answer]}


def _alpaca(number: int) -> dict[str, Any]:
    return {"instruction": f"Name part {number}.", "output": f"Part {number} is a valve.", "text": "all of it"}


def _converse(number: int) -> dict[str, Any]:
    """Line 57 and 90 of train.jsonl hold what docs/datasets.md shows."""
    question = "User: what is E1?" if number == 57 else f"What is E{number}?"
    answer = "Ask the user: is it on?" if number == 90 else f"Empty the tray, step {number}."
    messages = [
        {"role": role, "content": [{"text": text}]} for role, text in (("user", question), ("assistant", answer))
    ]
    return {"schemaVersion": "bedrock-conversation-2024", "messages": messages}
