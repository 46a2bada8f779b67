"""A record as the model sees it: system prompt, turns, media, tokens; and what of it the model does not see. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from training_data.record_texts import Turns
from training_data.sources.shapes import conversation_of, shape_of
from training_data.token_estimate import estimated_tokens

SHOWN_BLOCK = 120
MEDIA = "tokens of images and videos are not estimated"


@dataclass(frozen=True)
class RecordView:
    """`turns` begin with the system prompt; media stand in them as [image png s3://bucket/key].

    `fault` says why the record cannot be trained on as it is, `notes` what is changed or left out.
    """

    shape: str
    turns: Turns
    notes: tuple[str, ...] = ()
    fault: str = ""

    @property
    def tokens(self) -> list[int]:
        return [estimated_tokens([text]) for _, text in self.turns]


def record_view(record: Any) -> RecordView:
    """The view of a value of any shape."""
    if not isinstance(record, dict):
        kind = type(record).__name__
        return RecordView("unknown", [("text", _short(record))], fault=f"must be a JSON object, got {kind}")
    if "image-ref" in record:
        caption = str(record.get("caption", ""))
        return RecordView("image-caption", [("user", f"[image {record['image-ref']}]"), ("caption", caption)], (MEDIA,))
    readable = _with_media_as_text(record)
    try:
        shape = shape_of(readable)
        conversation = conversation_of(readable, shape)
    except ValueError as error:
        return RecordView("unknown", list(_raw_turns(readable)), fault=str(error))
    system = [("system", conversation.system)] if conversation.system else []
    others = ", ".join(sorted(conversation.others))
    notes = [
        *conversation.changes,
        *([f"the model does not see: {others}"] if others else []),
        *([MEDIA] if readable != record else []),
    ]
    return RecordView(shape, [*system, *conversation.turns], tuple(notes))


def _with_media_as_text(record: dict[str, Any]) -> dict[str, Any]:
    """The record with a text block in place of each image and video."""
    messages = record.get("messages")
    if not isinstance(messages, list):
        return record
    return {**record, "messages": [_message(message) for message in messages]}


def _message(message: Any) -> Any:
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, list):
        return message
    return {**message, "content": [_block(block) for block in content]}


def _block(block: Any) -> Any:
    kind = next(iter(block), "") if isinstance(block, dict) and len(block) == 1 else ""
    medium = block[kind] if kind in ("image", "video") else None
    if not isinstance(medium, dict):
        return block
    source = medium.get("source")
    location = source.get("s3Location") if isinstance(source, dict) else None
    place = location.get("uri") if isinstance(location, dict) else None
    path = source.get("path") if isinstance(source, dict) else None
    shown = (kind, medium.get("format"), place or path or _short(source))
    return {"text": f"[{' '.join(str(part) for part in shown if part)}]"}


def _raw_turns(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is there of a record that cannot be read as a conversation."""
    messages = record.get("messages")
    if not isinstance(messages, list):
        yield "record", _short(record)
        return
    for message in messages:
        role = str(message.get("role")) if isinstance(message, dict) else "unknown"
        content = message.get("content") if isinstance(message, dict) else message
        for block in content if isinstance(content, list) else [content]:
            text = block.get("text") if isinstance(block, dict) and len(block) == 1 else block
            yield role, text if isinstance(text, str) else _short(block)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_BLOCK else f"{text[:SHOWN_BLOCK]}..."
