"""Images and documents of a message: parts with data URLs -> Converse's blocks.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid

_SIGNATURES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
_DOCUMENT_TYPES = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
}
_DOCUMENT_FORMATS = tuple(_DOCUMENT_TYPES.values())
_MAX_NAME = 200

Block = dict[str, Any]


def image(part: Mapping[str, Any], where: str) -> Block:
    """The format is that of the bytes, whatever the URL says: Bedrock refuses an image whose format is not its own."""
    source = part.get("image_url")
    if not isinstance(source, dict) or not isinstance(source.get("url"), str):
        raise invalid(f"{where}.image_url", f'{where}.image_url must be {{"url": "data:image/png;base64,..."}}')
    fields.refuse_others(source, ("url", "detail"), where=f"{where}.image_url.")
    if source.get("detail") not in (None, "auto", "high"):
        message = f'{where}.image_url.detail must be "auto" or "high": Bedrock has no other; send a smaller image'
        raise invalid(f"{where}.image_url.detail", message, code="unsupported_value")
    url = f"{where}.image_url.url"
    _, content = _data(source["url"], url, "an image")
    kind = _image_format(content)
    if kind is None:
        raise invalid(url, f"{url} must hold a png, jpeg, gif or webp image; its bytes are none of these")
    return {"image": {"format": kind, "source": {"bytes": content}}}


def document(part: Mapping[str, Any], where: str) -> Block:
    file = part.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("file_data"), str):
        message = f'{where}.file must be {{"filename": "report.pdf", "file_data": "data:application/pdf;base64,..."}}'
        raise invalid(f"{where}.file", message)
    fields.refuse_others(file, ("filename", "file_data"), where=f"{where}.file.")
    filename = fields.optional_text(file, "filename") or ""
    kind, content = _data(file["file_data"], f"{where}.file.file_data", "a document")
    extension = filename.rpartition(".")[2].lower()
    document_format = _DOCUMENT_TYPES.get(kind) or (extension if extension in _DOCUMENT_FORMATS else None)
    if document_format is None:
        message = f"{where}.file must be one of {', '.join(_DOCUMENT_FORMATS)}; say so in filename or in the data: URL"
        raise invalid(f"{where}.file", message)
    return {"document": {"format": document_format, "name": _name(filename), "source": {"bytes": content}}}


def complete_documents(messages: Sequence[Mapping[str, Any]]) -> None:
    """Give each document a name of its own and each message with one a text, as Bedrock requires."""
    names: set[str] = set()
    for message in messages:
        found = [block["document"] for block in _with_results(message["content"]) if "document" in block]
        for item in found:
            item["name"] = _unused(item["name"], names)
            names.add(item["name"])
        blocks = message["content"]
        if any("document" in block for block in blocks) and not any("text" in block for block in blocks):
            blocks.append({"text": "(see the document)"})


def _with_results(blocks: Sequence[Block]) -> list[Block]:
    inner = [item for block in blocks if "toolResult" in block for item in block["toolResult"]["content"]]
    return [*blocks, *inner]


def _unused(name: str, names: set[str]) -> str:
    number, candidate = 1, name
    while candidate in names:
        number += 1
        candidate = f"{name[: _MAX_NAME - 8]} ({number})"
    return candidate


def _name(filename: str) -> str:
    """`filename` in the characters that Bedrock takes, without its extension."""
    stem = filename.rpartition(".")[0] or filename
    return " ".join(re.sub(r"[^A-Za-z0-9\-()\[\]]", " ", stem).split())[:_MAX_NAME].strip() or "document"


def _image_format(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)


def _data(url: str, where: str, what: str) -> tuple[str, bytes]:
    """The media type and the bytes of a data: URL."""
    header, comma, encoded = url.partition(",")
    if not comma or not header.lower().startswith("data:") or not header.lower().endswith(";base64"):
        raise invalid(
            where,
            f"{where} must be a data: URL with {what} in base64; http, https and s3 URLs are not fetched: download the "
            "file and send its bytes",
        )
    encoded = "".join(encoded.split())
    try:
        content = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise invalid(where, f"{where} is not valid base64") from None
    if not content:
        raise invalid(where, f"{where} is empty; leave the part out or send {what}")
    return header[len("data:") :].split(";")[0].strip().lower(), content
