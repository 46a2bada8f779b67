"""A file with this content, and what its conversion gives: records, changes, errors."""

import json
from pathlib import Path
from typing import Any

from training_data.conversion.record_conversion import Converted, Target, convert_file
from training_data.sources.files import SourceError


def write(folder: Path, content: str | bytes, name: str = "support.jsonl") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def convert(file: Path, record_format: str = "converse", **options: Any) -> list[Converted | SourceError]:
    return list(convert_file(file, Target(record_format, **options)))


def records(file: Path, record_format: str = "converse", **options: Any) -> list[dict[str, Any]]:
    converted = convert(file, record_format, **options)
    assert all(isinstance(item, Converted) for item in converted), converted
    return [record for item in converted if isinstance(item, Converted) for record in item.records]


def changes(file: Path, record_format: str = "converse") -> list[str]:
    return [change for item in convert(file, record_format) if isinstance(item, Converted) for change in item.changes]


def errors(file: Path, **options: Any) -> list[str]:
    return [str(item) for item in convert(file, **options) if isinstance(item, SourceError)]


CHATS: list[dict[str, Any]] = [
    {"system": "Be brief.", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
    {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "a"}]},
            {"role": "assistant", "content": "b"},
        ]
    },
    {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "a"}]}, {"role": "assistant", "content": [{"text": "b"}]}],
    },
]


def chat(*turns: tuple[str, str], **more: Any) -> str:
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns], **more})
