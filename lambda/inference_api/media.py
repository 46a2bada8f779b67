"""Images and documents as Converse takes them, for every dialect.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

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

S3 = "s3://"
_IMAGE_EXTENSIONS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}

Block = dict[str, Any]


class S3Uri(str):
    """The address of an object. `where` names the field of the request that holds it."""

    where: str

    def __new__(cls, uri: str, where: str) -> S3Uri:
        self = super().__new__(cls, uri)
        self.where = where
        return self


def image_block(content: bytes, where: str) -> Block:
    """The format is that of the bytes, whatever the caller says: Bedrock refuses another one."""
    kind = _image_format(content)
    if kind is None:
        raise invalid(where, f"{where} must hold a png, jpeg, gif or webp image; its bytes are none of these")
    return {"image": {"format": kind, "source": {"bytes": content}}}


def document_block(content: bytes, media_type: str, filename: str, where: str) -> Block:
    """The format is that of the media type, or else of the file name's extension. Raises ApiError 400."""
    extension = filename.rpartition(".")[2].lower()
    document_format = _DOCUMENT_TYPES.get(media_type) or (extension if extension in _DOCUMENT_FORMATS else None)
    if document_format is None:
        message = f"{where} must be one of {', '.join(_DOCUMENT_FORMATS)}; say so in its media type or its file name"
        raise invalid(where, message)
    return {"document": {"format": document_format, "name": _name(filename), "source": {"bytes": content}}}


def image_at(uri: str, where: str) -> Block:
    """An image in S3: the format is that of its key's extension. Raises ApiError 400."""
    kind = _IMAGE_EXTENSIONS.get(_extension(uri))
    if kind is None:
        raise invalid(where, f"{where} must end in one of .{', .'.join(_IMAGE_EXTENSIONS)}, which say its format")
    return {"image": {"format": kind, "source": _in_bucket(uri, where)}}


def document_at(uri: str, filename: str, where: str) -> Block:
    """A document in S3. The file name is the key's if there is none. Raises ApiError 400."""
    kind = _extension(uri)
    if kind not in _DOCUMENT_FORMATS:
        raise invalid(where, f"{where} must end in one of .{', .'.join(_DOCUMENT_FORMATS)}, which say its format")
    name = _name(filename or uri.rpartition("/")[2])
    return {"document": {"format": kind, "name": name, "source": _in_bucket(uri, where)}}


def _in_bucket(uri: str, where: str) -> Block:
    return {"s3Location": {"uri": S3Uri(uri, where)}}


def _extension(uri: str) -> str:
    return uri.rpartition("/")[2].rpartition(".")[2].lower()


def decoded(encoded: str, where: str, what: str) -> bytes:
    """The bytes of base64 that may have line breaks and no padding. Raises ApiError 400."""
    encoded = "".join(encoded.split())
    try:
        content = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise invalid(where, f"{where} is not valid base64") from None
    if not content:
        raise invalid(where, f"{where} is empty; leave the part out or send {what}")
    return content


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
        candidate = f"{name[: _MAX_NAME - 8].strip()} ({number})"
    return candidate


def _name(filename: str) -> str:
    """`filename` in the characters that Bedrock takes, without its extension."""
    stem = filename.rpartition(".")[0] or filename
    return " ".join(re.sub(r"[^A-Za-z0-9\-()\[\]]", " ", stem).split())[:_MAX_NAME].strip() or "document"


def _image_format(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)
