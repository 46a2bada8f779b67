"""Images and documents in OpenAI's dialects: data: URLs -> Converse's blocks."""

from __future__ import annotations

from inference_api.fields import invalid
from inference_api.media import Block, decoded, document_block, image_block


def refuse_detail(detail: object, where: str) -> None:
    """Raises ApiError 400 for a detail of an image that Bedrock does not have."""
    if detail not in (None, "auto", "high"):
        message = f'{where} must be "auto" or "high": Bedrock has no other; send a smaller image'
        raise invalid(where, message, code="unsupported_value")


def image(url: str, where: str) -> Block:
    """`where` names the URL in errors. Raises ApiError 400."""
    _, content = _data(url, where, "an image")
    return image_block(content, where)


def document(file_data: str, filename: str | None, where: str) -> Block:
    """`where` names the object that has `file_data`. Raises ApiError 400."""
    kind, content = _data(file_data, f"{where}.file_data", "a document")
    return document_block(content, kind, filename or "", where)


def _data(url: str, where: str, what: str) -> tuple[str, bytes]:
    """The media type and the bytes of a data: URL."""
    header, comma, encoded = url.partition(",")
    if not comma or not header.lower().startswith("data:") or not header.lower().endswith(";base64"):
        raise invalid(
            where,
            f"{where} must be a data: URL with {what} in base64; http, https and s3 URLs are not fetched: download the "
            "file and send its bytes",
        )
    content = decoded(encoded, where, what)
    return header[len("data:") :].split(";")[0].strip().lower(), content
