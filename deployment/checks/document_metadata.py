"""Faults of metadata files, NAME.metadata.json beside a document.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-metadata.html
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deployment.documents import DocumentsFolder
from kit_contract.documents import METADATA_SUFFIX

FILE_BYTES = 10 * 1024
# Of a document's own attributes: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html
CUSTOM_METADATA_BYTES, CUSTOM_METADATA_KEYS = 1024, 35
TYPED = {"STRING": "stringValue", "NUMBER": "numberValue", "BOOLEAN": "booleanValue", "STRING_LIST": "stringListValue"}


def metadata_faults(found: DocumentsFolder) -> Iterator[str]:
    for name, path in found.files.items():
        if name.endswith(METADATA_SUFFIX):
            yield from (f"{name} {fault}" for fault in _faults(path))


def _faults(path: Path) -> Iterator[str]:
    size = path.stat().st_size
    if size > FILE_BYTES:
        yield f"has {size:,} bytes; Bedrock reads metadata files of up to 10 KB; shorten it"
        return
    attributes = _attributes(path)
    if attributes is None:
        yield 'must be a JSON object with an object "metadataAttributes"; correct it'
        return
    for key, entry in attributes.items():
        if not _is_value(entry):
            yield f"has the attribute {key!r} with {_short(entry)}; use a string, number, boolean or list of strings"
    held, keys = len(json.dumps(attributes, ensure_ascii=False).encode(errors="replace")), len(attributes)
    if held > CUSTOM_METADATA_BYTES or keys > CUSTOM_METADATA_KEYS:
        yield (
            f"has {keys} attributes in {held:,} bytes; a vector of S3 Vectors takes {CUSTOM_METADATA_KEYS} in "
            f"{CUSTOM_METADATA_BYTES:,} bytes; shorten them"
        )


def _attributes(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None
    attributes = content.get("metadataAttributes") if isinstance(content, dict) else None
    return attributes if isinstance(attributes, dict) else None


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _is_value(entry: Any) -> bool:
    """Given plainly, or as {"value": {"type": "STRING", "stringValue": ...}, "includeForEmbedding": ...}."""
    if not isinstance(entry, dict):
        return _is_plain(entry)
    value = entry.get("value")
    if not isinstance(value, dict):
        return False
    name = TYPED.get(str(value.get("type")))
    return name is not None and _is_plain(value.get(name))


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str) for item in value)
    return isinstance(value, str | bool) or (isinstance(value, int | float) and math.isfinite(value))


def _short(entry: Any) -> str:
    text = json.dumps(entry, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}..."
