"""The content of a message or of a tool's result -> Converse's blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inference_api import fields, openai_media
from inference_api.fields import invalid
from inference_api.media import S3, Block, document_at

TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
# They change the price of an answer, or are what clients send back of one. They say nothing to the model.
PASSED_OVER = ("prompt_cache_breakpoint", "cache_control", "annotations", "logprobs", "parsed")


def content(value: Any, where: str, *, media: bool) -> list[Block]:
    """Drops blank text: clients send it, Converse rejects it. Raises ApiError 400."""
    if isinstance(value, str):
        return [{"text": value}] if value.strip() else []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise invalid(where, f"{where} must be a string or a list of parts")
    blocks = [_block(part, f"{where}[{index}]", media) for index, part in enumerate(value)]
    return [block for block in blocks if block.get("text") != ""]


def _block(part: Mapping[str, Any], where: str, media: bool) -> Block:
    kind = str(part.get("type"))
    if kind in TEXTS and isinstance(text := part.get(TEXTS[kind]), str):
        fields.refuse_others(part, ("type", TEXTS[kind], *PASSED_OVER), where=f"{where}.")
        return {"text": text if text.strip() else ""}
    if media and kind in _MEDIA:
        return _MEDIA[kind](part, where)
    allowed = [*TEXTS, *(_MEDIA if media else ())]
    raise invalid(f"{where}.type", f"{where} must be a part of type {', '.join(allowed)} with a value")


def _image(part: Mapping[str, Any], where: str) -> Block:
    fields.refuse_others(part, ("type", "image_url", "detail", "file_id", *PASSED_OVER), where=f"{where}.")
    _refuse_kept(part, where, "file_id", "image_url")
    openai_media.refuse_detail(part.get("detail"), f"{where}.detail")
    url = fields.text(part, "image_url", where=f"{where}.")
    return openai_media.image(url, f"{where}.image_url")


def _file(part: Mapping[str, Any], where: str) -> Block:
    known = ("type", "file_data", "filename", "detail", "file_id", "file_url", *PASSED_OVER)
    fields.refuse_others(part, known, where=f"{where}.")
    _refuse_kept(part, where, "file_id", "file_data")
    url = part.get("file_url")
    if not isinstance(url, str) or not url.startswith(S3) or part.get("file_data") is not None:
        _refuse_kept(part, where, "file_url", "file_data")
    openai_media.refuse_detail(part.get("detail"), f"{where}.detail")
    filename = fields.optional_text(part, "filename", where=f"{where}.")
    if url is not None:
        return document_at(url, filename or "", f"{where}.file_url")
    return openai_media.document(fields.text(part, "file_data", where=f"{where}."), filename, where)


def _refuse_kept(part: Mapping[str, Any], where: str, name: str, instead: str) -> None:
    if part.get(name) is not None:
        message = f"{where}.{name} is not supported: this API keeps and fetches no files; send {instead}"
        raise invalid(f"{where}.{name}", message, code="unsupported_value")


_MEDIA: Mapping[str, Callable[[Mapping[str, Any], str], Block]] = {"input_image": _image, "input_file": _file}
