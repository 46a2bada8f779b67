"""Images and documents in OpenAI's dialects: data: URLs -> Converse's blocks."""

from __future__ import annotations

from inference_api.fields import invalid
from inference_api.media import S3, Block, decoded, document_at, document_block, image_at, image_block


def refuse_detail(detail: object, where: str) -> None:
    """Raises ApiError 400 for a detail of an image that Bedrock does not have."""
    if detail not in (None, "auto", "high"):
        message = f'{where} must be "auto" or "high": Bedrock has no other; send a smaller image'
        raise invalid(where, message, code="unsupported_value")


def image(url: str, where: str) -> Block:
    """`where` names the URL in errors. Raises ApiError 400."""
    if url.startswith(S3):
        return image_at(url, where)
    _, content = _data(url, where, "an image")
    return image_block(content, where)


def document(file_data: str, filename: str | None, where: str) -> Block:
    """`where` names the object that has `file_data`. Raises ApiError 400."""
    if file_data.startswith(S3):
        return document_at(file_data, filename or "", f"{where}.file_data")
    kind, content = _data(file_data, f"{where}.file_data", "a document")
    return document_block(content, kind, filename or "", where)


def _data(url: str, where: str, what: str) -> tuple[str, bytes]:
    """The media type and the bytes of a data: URL."""
    header, comma, encoded = url.partition(",")
    if not comma or not header.lower().startswith("data:") or not header.lower().endswith(";base64"):
        raise invalid(
            where,
            f"{where} must be a data: URL with {what} in base64, or s3://bucket/key of media_buckets; other URLs "
            "are not fetched: download the file and send its bytes",
        )
    content = decoded(encoded, where, what)
    return header[len("data:") :].split(";")[0].strip().lower(), content
