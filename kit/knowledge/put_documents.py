"""Documents as IngestKnowledgeBaseDocuments takes them: text, bytes, or a place in S3, with their metadata.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBaseDocument.html
"""

import base64
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kit_contract.errors import InputError

TEXT = (".md", ".txt")
# Of ByteContentDoc, "The following MIME types are supported".
MIME_TYPES = {
    ".html": "text/html",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TYPES = (*TEXT, *MIME_TYPES)
# The API model allows 10 documents in a request, the quotas name 25; 6 MB: "IngestKnowledgeBaseDocuments total payload
# size" of https://docs.aws.amazon.com/general/latest/gr/bedrock.html (2026-11).
MOST_DOCUMENTS, PAYLOAD_BYTES, CONTENT_BYTES = 10, 5_900_000, 5 * 1024 * 1024
KEY_CHARACTERS, TEXT_CHARACTERS, MOST_TEXTS, ID_CHARACTERS, MOST_ATTRIBUTES = 200, 2048, 10, 2048, 50


@dataclass(frozen=True)
class PutDocument:
    """`size`: its bytes in a request. `changed`: when its file or object was. `place`: the file or object.

    `request` reads a file again: all files together may be larger than the memory.
    """

    id: str
    size: int
    changed: datetime
    place: str
    request: Callable[[], Mapping[str, Any]] = field(compare=False)


def inline_request(name: str, content: bytes, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Raises InputError."""
    ending = _ending(name)
    if not 0 < len(content) <= CONTENT_BYTES:
        raise InputError(too_large(name, len(content)))
    if len(name) > ID_CHARACTERS:
        raise InputError(f"{name[:60]}...: an id has at most {ID_CHARACTERS:,} characters; shorten the path")
    inline = (
        {"type": "TEXT", "textContent": {"data": _text(name, content)}} if ending in TEXT else _bytes(ending, content)
    )
    custom = {"customDocumentIdentifier": {"id": name}, "sourceType": "IN_LINE", "inlineContent": inline}
    return {"content": {"dataSourceType": "CUSTOM", "custom": custom}, **_metadata(name, attributes)}


def payload_bytes(name: str, request: Mapping[str, Any]) -> int:
    """What it takes of a request, bytes as base64. Raises InputError."""
    size = len(json.dumps(request, default=lambda content: base64.b64encode(content).decode()))
    if size > PAYLOAD_BYTES:
        raise InputError(
            f"{name}: takes {size:,} bytes of a request, of at most {PAYLOAD_BYTES:,}; put it into a bucket and name "
            "it as s3://BUCKET/KEY"
        )
    return size


def too_large(name: str, size: int) -> str:
    return (
        f"{name}: a document must have 1 to {CONTENT_BYTES:,} bytes, got {size:,}; put a larger one into a bucket and "
        "name it as s3://BUCKET/KEY"
    )


def stored_document(
    uri: str, *, kind: str, changed: datetime, attributes: Mapping[str, Any], sidecar: str | None
) -> PutDocument:
    """An object of S3. `kind`: of the data source. `sidecar`: where its metadata file is. Raises InputError."""
    _ending(uri)
    if kind == "S3":
        if attributes:
            raise InputError(f"{uri}: documents of an S3 data source take metadata from S3 only: {uri}.metadata.json")
        content: dict[str, Any] = {"dataSourceType": "S3", "s3": {"s3Location": {"uri": uri}}}
    else:
        place = {"customDocumentIdentifier": {"id": uri}, "sourceType": "S3_LOCATION", "s3Location": {"uri": uri}}
        content = {"dataSourceType": "CUSTOM", "custom": place}
    metadata = _metadata(uri, attributes)
    if sidecar and not attributes:
        metadata = {"metadata": {"type": "S3_LOCATION", "s3Location": {"uri": sidecar}}}
    request = {"content": content, **metadata}
    return PutDocument(uri, len(json.dumps(request)), changed, uri, lambda: request)


def identifier(kind: str, name: str) -> dict[str, Any]:
    return {"dataSourceType": kind, **({"s3": {"uri": name}} if kind == "S3" else {"custom": {"id": name}})}


def batches(documents: Sequence[PutDocument]) -> Iterator[list[PutDocument]]:
    """As many in each as a request takes, in their order."""
    batch: list[PutDocument] = []
    for document in documents:
        if batch and (len(batch) == MOST_DOCUMENTS or sum(one.size for one in batch) + document.size > PAYLOAD_BYTES):
            yield batch
            batch = []
        batch.append(document)
    if batch:
        yield batch


def _ending(name: str) -> str:
    ending = next((ending for ending in TYPES if name.lower().endswith(ending)), None)
    if ending is None:
        raise InputError(f"{name}: Bedrock reads {' '.join(TYPES)}; convert it")
    return ending


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 ({error}); save it as UTF-8") from None


def _bytes(ending: str, content: bytes) -> dict[str, Any]:
    return {"type": "BYTE", "byteContent": {"data": content, "mimeType": MIME_TYPES[ending]}}


def _metadata(name: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    if not attributes:
        return {}
    if len(attributes) > MOST_ATTRIBUTES:
        raise InputError(f"{name}: has {len(attributes)} attributes; Bedrock takes {MOST_ATTRIBUTES}")
    inline = [{"key": _key(name, key), "value": _value(name, key, value)} for key, value in attributes.items()]
    return {"metadata": {"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": inline}}


def _key(name: str, key: str) -> str:
    if not 1 <= len(key) <= KEY_CHARACTERS:
        raise InputError(f"{name}: the name of an attribute has 1 to {KEY_CHARACTERS} characters, got {key[:60]!r}")
    return key


def _value(name: str, key: str, value: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_MetadataAttributeValue.html"""
    if isinstance(value, bool):
        return {"type": "BOOLEAN", "booleanValue": value}
    if isinstance(value, int | float) and math.isfinite(value):
        return {"type": "NUMBER", "numberValue": value}
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) and 1 <= len(text) <= TEXT_CHARACTERS for text in texts) or not texts:
        raise InputError(
            f"{name}: the attribute {key!r} must be a number, a boolean, or text of 1 to {TEXT_CHARACTERS:,} characters"
        )
    if len(texts) > MOST_TEXTS:
        raise InputError(f"{name}: the list {key!r} has at most {MOST_TEXTS} texts, got {len(texts)}")
    if isinstance(value, list):
        return {"type": "STRING_LIST", "stringListValue": texts}
    return {"type": "STRING", "stringValue": value}
