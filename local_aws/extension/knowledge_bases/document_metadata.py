"""A document's metadata: its sidecar NAME.metadata.json, and what a vector index holds of it.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-metadata.html: strings, numbers, booleans and lists of strings,
in a file of at most 10 KB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html: 2 KB of
filterable metadata, 40 KB in all and 50 keys a vector. The messages of S3 Vectors are as in
https://zenn.dev/mtaerohand/articles/58e74ca0cd5146; Bedrock's for a broken sidecar are not published.
"""

import json
from typing import Any

SIDECAR = ".metadata.json"
SIDECAR_BYTES = 10 * 1024
FILTERABLE_BYTES, TOTAL_BYTES, KEYS = 2 * 1024, 40 * 1024, 50
TYPED = {"STRING": "stringValue", "NUMBER": "numberValue", "BOOLEAN": "booleanValue", "STRING_LIST": "stringListValue"}
Attributes = dict[str, Any]


def read_sidecar(raw: bytes) -> Attributes:
    """The attributes of a sidecar, as {key: value}. Raises ValueError with Bedrock's reason to ignore it."""
    if len(raw) > SIDECAR_BYTES:
        raise ValueError(f"the metadata file must be at most {SIDECAR_BYTES} bytes, got {len(raw)}")
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise ValueError(f"the metadata file is not valid JSON: {error}") from None
    attributes = document.get("metadataAttributes") if isinstance(document, dict) else None
    if not isinstance(attributes, dict):
        raise ValueError('the metadata file has no object "metadataAttributes"')
    return {key: _value(key, entry) for key, entry in attributes.items()}


def _value(key: str, entry: Any) -> Any:
    """The value of one attribute, given plainly or as {"value": {"type": ..., "stringValue": ...}}."""
    value = entry
    if isinstance(entry, dict):
        inner = entry.get("value")
        value = inner.get(TYPED.get(str(inner.get("type")), "")) if isinstance(inner, dict) else inner
    strings = isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
    if not strings and not isinstance(value, str | int | float | bool):
        raise ValueError(f"the metadata attribute {key!r} must be a string, number, boolean or list of strings")
    return value


def check_vectors(index: dict[str, Any], chunks: list[dict[str, Any]], attributes: Attributes) -> None:
    """Raise ValueError unless S3 Vectors takes each chunk with its metadata.

    Bedrock stores the text and its own fields as metadata too, filterable unless the index names them.
    """
    configuration = index.get("MetadataConfiguration") or {}
    hidden = configuration.get("NonFilterableMetadataKeys") or []
    for chunk in chunks:
        own = chunk.get("metadata", {})  # of a transformation
        stored = {
            **attributes,
            **own,
            "AMAZON_BEDROCK_TEXT": chunk["text"],
            "x-amz-bedrock-kb-source-uri": chunk["uri"],
        }
        if "parent" in chunk:  # "over 8000 tokens combined, you may run into metadata size limitations"
            stored["AMAZON_BEDROCK_METADATA"] = chunk["parent"]
        _check_size({key: value for key, value in stored.items() if key not in hidden}, "Filterable", FILTERABLE_BYTES)
        _check_size(stored, "Total", TOTAL_BYTES)
        if len(stored) > KEYS:
            raise ValueError(_refused(f"Metadata must have at most {KEYS} keys"))


def _check_size(stored: Attributes, kind: str, most: int) -> None:
    if len(json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode()) > most:
        raise ValueError(_refused(f"{kind} metadata must have at most {most} bytes"))


def _refused(reason: str) -> str:
    return (
        f"Invalid record: {reason} (Service: S3Vectors, Status Code: 400). Call to Amazon S3 Vectors did not succeed."
    )
