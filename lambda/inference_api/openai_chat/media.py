"""Images and documents of a message: parts with data URLs -> Converse's blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid
from inference_api.media import Block, decoded, document_block, image_block


def image(part: Mapping[str, Any], where: str) -> Block:
    source = part.get("image_url")
    if not isinstance(source, dict) or not isinstance(source.get("url"), str):
        raise invalid(f"{where}.image_url", f'{where}.image_url must be {{"url": "data:image/png;base64,..."}}')
    fields.refuse_others(source, ("url", "detail"), where=f"{where}.image_url.")
    if source.get("detail") not in (None, "auto", "high"):
        message = f'{where}.image_url.detail must be "auto" or "high": Bedrock has no other; send a smaller image'
        raise invalid(f"{where}.image_url.detail", message, code="unsupported_value")
    url = f"{where}.image_url.url"
    _, content = _data(source["url"], url, "an image")
    return image_block(content, url)


def document(part: Mapping[str, Any], where: str) -> Block:
    file = part.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("file_data"), str):
        message = f'{where}.file must be {{"filename": "report.pdf", "file_data": "data:application/pdf;base64,..."}}'
        raise invalid(f"{where}.file", message)
    fields.refuse_others(file, ("filename", "file_data"), where=f"{where}.file.")
    filename = fields.optional_text(file, "filename") or ""
    kind, content = _data(file["file_data"], f"{where}.file.file_data", "a document")
    return document_block(content, kind, filename, f"{where}.file")


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
