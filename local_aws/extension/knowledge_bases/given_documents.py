"""The documents of an IngestKnowledgeBaseDocuments request, and what Bedrock refuses of it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_IngestKnowledgeBaseDocuments.html: up to 10 documents,
although the quotas name 25. The texts of refusals are not published.
"""

import base64
import json
import uuid
from typing import Any

from ministack.services import s3

from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import bucket_and_key, role_allows
from local_aws.extension.knowledge_bases.bucket_documents import object_document
from local_aws.extension.knowledge_bases.document_metadata import TYPED, read_sidecar
from local_aws.extension.knowledge_bases.source_document import SourceDocument

MOST_DOCUMENTS, PAYLOAD_BYTES, CONTENT_BYTES, ID_CHARACTERS = 10, 6_000_000, 5 * 1024 * 1024, 2048
# "The following MIME types are supported" (ByteContentDoc), those of which the embedded AWS reads.
ENDINGS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


def read(body: dict[str, Any], kind: str, role: str) -> list[SourceDocument]:
    """Raises BedrockError."""
    given = body.get("documents") or []
    _check_count(given)
    if len(json.dumps(body).encode()) > PAYLOAD_BYTES:
        raise _refused(f"the request must have at most {PAYLOAD_BYTES} bytes")
    found = [_document(item, kind, role) for item in given]
    if len({document.uri for document in found}) < len(found):
        raise _refused("the identifiers of documents must differ")
    return found


def identifiers(body: dict[str, Any], kind: str) -> list[str]:
    """Of a Get or Delete request. Raises BedrockError."""
    given = body.get("documentIdentifiers") or []
    _check_count(given)
    for item in given:
        if item.get("dataSourceType") != kind:
            raise _refused(f"dataSourceType must be {kind}, got {item.get('dataSourceType')}")
    return [item["custom"]["id"] if kind == "CUSTOM" else item["s3"]["uri"] for item in given]


def check_token(body: dict[str, Any]) -> None:
    """Raises BedrockError."""
    token = body.get("clientToken")
    if token is not None and not 33 <= len(token) <= 256:
        raise _refused(f"clientToken must have 33 to 256 characters, got {len(token)}")


def _check_count(given: list[Any]) -> None:
    if not 1 <= len(given) <= MOST_DOCUMENTS:
        raise _refused(f"a request must have 1 to {MOST_DOCUMENTS} documents, got {len(given)}")


def _document(item: dict[str, Any], kind: str, role: str) -> SourceDocument:
    content = item.get("content") or {}
    if content.get("dataSourceType") != kind:
        raise _refused(f"dataSourceType must be {kind}, got {content.get('dataSourceType')}")
    if kind == "S3":
        return _stored(content["s3"]["s3Location"]["uri"], "", "S3", item.get("metadata"), role)
    custom = content.get("custom") or {}
    name = (custom.get("customDocumentIdentifier") or {}).get("id") or ""
    if not 1 <= len(name) <= ID_CHARACTERS:
        raise _refused(f"the id of a document must have 1 to {ID_CHARACTERS} characters")
    if custom.get("sourceType") == "S3_LOCATION":
        return _stored(custom["s3Location"]["uri"], name, "CUSTOM", item.get("metadata"), role)
    if custom.get("sourceType") != "IN_LINE":
        raise _refused(f"sourceType must be IN_LINE or S3_LOCATION, got {custom.get('sourceType')}")
    return _inline(name, custom.get("inlineContent") or {}, item.get("metadata"))


def _inline(name: str, content: dict[str, Any], metadata: dict[str, Any] | None) -> SourceDocument:
    if metadata and metadata.get("type") != "IN_LINE_ATTRIBUTE":
        raise _refused("content that is defined in-line needs metadata that is defined in-line")
    if content.get("type") == "TEXT":
        data, ending = str((content.get("textContent") or {}).get("data") or "").encode(), ".txt"
    elif content.get("type") == "BYTE":
        given = content.get("byteContent") or {}
        ending = ENDINGS.get(str(given.get("mimeType")), "")
        if not ending:
            raise _refused(f"mimeType {given.get('mimeType')} is not supported")
        data = base64.b64decode(given.get("data") or "")
    else:
        raise _refused(f"inlineContent must have the type TEXT or BYTE, got {content.get('type')}")
    if not 1 <= len(data) <= CONTENT_BYTES:
        raise _refused(f"data must have 1 to {CONTENT_BYTES} bytes, got {len(data)}")
    attributes = _attributes(metadata)
    return SourceDocument(name, f"{name}{ending}", uuid.uuid4().hex, lambda: data, lambda: attributes, "CUSTOM")


def _stored(uri: str, name: str, kind: str, metadata: dict[str, Any] | None, role: str) -> SourceDocument:
    bucket, key = bucket_and_key(uri)
    inline = _attributes(metadata) if (metadata or {}).get("type") == "IN_LINE_ATTRIBUTE" else None
    place = ((metadata or {}).get("s3Location") or {}).get("uri")
    if kind == "S3" and inline is not None:
        raise _refused("documents of an S3 data source take metadata from S3 only")

    def attributes() -> dict[str, Any]:
        return read_sidecar(_object(place, role)) if place else (inline or {})

    present = key in (s3._buckets.get(bucket) or {}).get("objects", {})
    version = object_document(bucket, key).version if kind == "S3" and present else uuid.uuid4().hex
    return SourceDocument(name or uri, key, version, lambda: _object(uri, role), attributes, kind)


def _object(uri: str, role: str) -> bytes:
    bucket, key = bucket_and_key(uri)
    if not role_allows(role, "s3:GetObject", uri):
        raise ValueError(f"the knowledge base's role {role} may not read {uri}")
    if key not in (s3._buckets.get(bucket) or {}).get("objects", {}):
        raise ValueError(f"{uri} does not exist")
    return s3._get_object_data(bucket, key) or b""


def _attributes(metadata: dict[str, Any] | None) -> dict[str, Any]:
    """Raises BedrockError."""
    found = {}
    for item in (metadata or {}).get("inlineAttributes") or []:
        value = item.get("value") or {}
        member = TYPED.get(str(value.get("type")))
        if not 1 <= len(item.get("key") or "") <= 200 or member is None or value.get(member) is None:
            raise _refused(f"the attribute {item.get('key')!r} must have a key, a type and a value of that type")
        texts = value[member] if member == "stringListValue" else [value[member]]
        if member.startswith("string") and not all(1 <= len(text) <= 2048 for text in texts or [""]):
            raise _refused(f"strings of the attribute {item['key']!r} must have 1 to 2048 characters")
        if member == "stringListValue" and len(texts) > 10:
            raise _refused(f"the list of the attribute {item['key']!r} must have at most 10 strings")
        found[item["key"]] = value[member]
    return found


def _refused(reason: str) -> BedrockError:
    return BedrockError("ValidationException", f"The provided request is not valid: {reason}")
