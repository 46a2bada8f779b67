"""Content blocks of Anthropic's messages -> Converse's.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.media import S3, Block, decoded, document_at, document_block, image_at, image_block
from inference_api.prompt_caching import cache_point
from inference_api.tools import converse_name

CACHE = "cache_control"
_TTLS = ("5m", "1h")
_USER = ("text", "image", "document", "tool_result")
_ASSISTANT = ("text", "tool_use", "thinking", "redacted_thinking")
_IN_RESULTS = ("text", "image", "document")


def message_blocks(message: Mapping[str, Any], role: str, where: str) -> list[Block]:
    """Raises ApiError 400."""
    return content_blocks(message.get("content"), _USER if role == "user" else _ASSISTANT, where)


def content_blocks(content: Any, allowed: tuple[str, ...], where: str) -> list[Block]:
    """Text, or a list of blocks of the `allowed` types. Drops blank text, which Converse rejects."""
    if isinstance(content, str):
        return [{"text": content}] if content.strip() else []
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise invalid(where, f"{where} must be a string or a list of content blocks")
    blocks: list[Block] = []
    for index, block in enumerate(content):
        blocks += _with_its_mark(block, allowed, f"{where}[{index}]")
    return blocks


def cache_mark(holder: Mapping[str, Any], where: str) -> Block | None:
    """Converse's cache point for a `cache_control`, None without one."""
    value = holder.get(CACHE)
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") != "ephemeral":
        raise invalid(f"{where}{CACHE}", f'{where}{CACHE} must be {{"type": "ephemeral"}}')
    fields.refuse_others(value, ("type", "ttl", "scope"), where=f"{where}{CACHE}.")
    ttl = value.get("ttl")
    if ttl is not None and ttl not in _TTLS:
        raise invalid(f"{where}{CACHE}.ttl", f"{where}{CACHE}.ttl must be one of {', '.join(_TTLS)}")
    return cache_point(None if ttl == "5m" else ttl)


def _with_its_mark(block: Mapping[str, Any], allowed: tuple[str, ...], where: str) -> list[Block]:
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        raise invalid(f"{where}.type", f"{where}.type must be one of {', '.join(allowed)}: this API has no other here")
    known, converted = _KINDS[kind]
    fields.refuse_others(_given(block), ("type", *known), where=f"{where}.")
    result = converted(block, f"{where}.")
    mark = cache_mark(block, f"{where}.")
    return [*result, mark] if result and mark else result


def _given(block: Mapping[str, Any]) -> dict[str, Any]:
    """Clients send null for what they leave out."""
    return {name: value for name, value in block.items() if value is not None}


def _text(block: Mapping[str, Any], where: str) -> list[Block]:
    text = block.get("text")
    if not isinstance(text, str):
        raise invalid(f"{where}text", f"{where}text must be a string")
    if block.get("citations"):
        raise _unsupported(f"{where}citations", "Converse takes none back; leave it out")
    return [{"text": text}] if text.strip() else []


def _image(block: Mapping[str, Any], where: str) -> list[Block]:
    source = _source(block, ("base64",), where)
    if source["type"] == "url":
        return [image_at(source["url"], f"{where}source.url")]
    _only(source, ("type", "media_type", "data"), f"{where}source.")
    data = fields.text(source, "data", where=f"{where}source.")
    return [image_block(decoded(data, f"{where}source.data", "an image"), f"{where}source.data")]


def _document(block: Mapping[str, Any], where: str) -> list[Block]:
    if fields.flag(_object(block, "citations", where), "enabled", where=f"{where}citations."):
        raise _unsupported(f"{where}citations.enabled", "this API has no citations of documents; leave it out")
    title = fields.optional_text(block, "title", where=where) or ""
    source = _source(block, ("base64", "text", "content"), where)
    if source["type"] == "url":
        result = document_at(source["url"], "", f"{where}source.url")
    else:
        media_type, content = _document_content(source, f"{where}source.")
        result = document_block(content, media_type, "" if media_type else title, f"{where}source")
    if title:
        result["document"]["name"] = document_block(b"x", "text/plain", title, where)["document"]["name"]
    if context := fields.optional_text(block, "context", where=where):
        result["document"]["context"] = context
    return [result]


def _document_content(source: Mapping[str, Any], where: str) -> tuple[str, bytes]:
    """The media type and the bytes."""
    kind = source["type"]
    if kind == "content":
        _only(source, ("type", "content"), where)
        parts = content_blocks(source.get("content"), ("text",), f"{where}content")
        text = "\n\n".join(part["text"] for part in parts if "text" in part)
        return "text/plain", _not_empty(text, f"{where}content").encode("utf-8", "replace")
    _only(source, ("type", "media_type", "data"), where)
    data = fields.text(source, "data", where=where)
    if kind == "text":
        return "text/plain", data.encode("utf-8", "replace")
    media_type = fields.text(source, "media_type", where=where).lower()
    return media_type, decoded(data, f"{where}data", "a document")


def _tool_use(block: Mapping[str, Any], where: str) -> list[Block]:
    if _object(block, "caller", where).get("type", "direct") != "direct":
        raise _unsupported(f"{where}caller", "this API has no tools that call others; leave it out")
    call_id, name = fields.text(block, "id", where=where), fields.text(block, "name", where=where)
    value = block.get("input")
    if not isinstance(value, dict):
        raise invalid(f"{where}input", f"{where}input must be an object")
    return [{"toolUse": {"toolUseId": converse_name(call_id), "name": converse_name(name), "input": value}}]


def _tool_result(block: Mapping[str, Any], where: str) -> list[Block]:
    content = block.get("content")
    blocks = [] if content is None else content_blocks(content, _IN_RESULTS, f"{where}content")
    marks = [inner for inner in blocks if "cachePoint" in inner]  # Converse has them beside results only
    call_id = converse_name(fields.text(block, "tool_use_id", where=where))
    inner = [item for item in blocks if "cachePoint" not in item] or [{"text": "(empty)"}]
    result: Block = {"toolUseId": call_id, "content": inner}
    if fields.flag(block, "is_error", where=where):
        result["status"] = "error"
    return [{"toolResult": result}, *([] if block.get(CACHE) else marks[-1:])]


def _thinking(block: Mapping[str, Any], where: str) -> list[Block]:
    """Without its signature no model takes it back. Models other than Claude give none."""
    for name in ("thinking", "signature"):
        if not isinstance(block.get(name), str):
            raise invalid(f"{where}{name}", f"{where}{name} must be a string, as the answer had it")
    if not block["signature"]:
        return []
    return [{"reasoningContent": {"reasoningText": {"text": block["thinking"], "signature": block["signature"]}}}]


def _redacted_thinking(block: Mapping[str, Any], where: str) -> list[Block]:
    data = decoded(fields.text(block, "data", where=where), f"{where}data", "it as the answer had it")
    return [{"reasoningContent": {"redactedContent": data}}]


_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any], str], list[Block]]]] = {
    "text": (("text", "citations", CACHE), _text),
    "image": (("source", CACHE), _image),
    "document": (("source", "title", "context", "citations", CACHE), _document),
    "tool_use": (("id", "name", "input", "caller", CACHE), _tool_use),
    "tool_result": (("tool_use_id", "content", "is_error", CACHE), _tool_result),
    "thinking": (("thinking", "signature"), _thinking),
    "redacted_thinking": (("data",), _redacted_thinking),
}


def _source(block: Mapping[str, Any], kinds: tuple[str, ...], where: str) -> dict[str, Any]:
    source = block.get("source")
    if isinstance(source, dict) and source.get("type") == "url" and str(source.get("url")).startswith(S3):
        _only(source, ("type", "url"), f"{where}source.")
        return source
    if not isinstance(source, dict) or source.get("type") not in kinds:
        place = f"{where}source.type" if isinstance(source, dict) else f"{where}source"
        message = (
            f"{place} must be one of {', '.join(kinds)}, or url with an s3:// address; other URLs and files are not "
            "fetched: download the file and send its bytes"
        )
        raise invalid(place, message)
    return source


def _only(source: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    fields.refuse_others(_given(source), known, where=where)


def _object(block: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    return fields.optional_object({f"{where}{name}": block.get(name)}, f"{where}{name}")


def _not_empty(text: str, where: str) -> str:
    if not text:
        raise invalid(where, f"{where} must have text")
    return text


def _unsupported(where: str, reason: str) -> Exception:
    return invalid(where, f"{where} is not supported: {reason}", code="unsupported_value")
