"""Images and documents of a message: parts with data URLs -> Converse's blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields, openai_media
from inference_api.fields import invalid
from inference_api.media import Block


def image(part: Mapping[str, Any], where: str) -> Block:
    source = part.get("image_url")
    if not isinstance(source, dict) or not isinstance(source.get("url"), str):
        raise invalid(f"{where}.image_url", f'{where}.image_url must be {{"url": "data:image/png;base64,..."}}')
    # `format` is what Strands sends beside the URL: the bytes say what they are.
    fields.refuse_others(source, ("url", "detail", "format"), where=f"{where}.image_url.")
    openai_media.refuse_detail(source.get("detail"), f"{where}.image_url.detail")
    return openai_media.image(source["url"], f"{where}.image_url.url")


def document(part: Mapping[str, Any], where: str) -> Block:
    file = part.get("file")
    if not isinstance(file, dict) or not isinstance(file.get("file_data"), str):
        message = f'{where}.file must be {{"filename": "report.pdf", "file_data": "data:application/pdf;base64,..."}}'
        raise invalid(f"{where}.file", message)
    fields.refuse_others(file, ("filename", "file_data"), where=f"{where}.file.")
    return openai_media.document(file["file_data"], fields.optional_text(file, "filename"), f"{where}.file")
