"""The attribute by which `make up` filters a question: the one that most documents of a knowledge base have."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from deployment.documents import read_documents_folder
from kit_contract.documents import METADATA_SUFFIX


def attribute_of(folder: Path | None) -> tuple[str, str] | None:
    """Key and value of a text in metadata files of `folder`, which a deploy has checked; None if there is none."""
    if folder is None:
        return None
    files = [path for name, path in read_documents_folder(folder).files.items() if name.endswith(METADATA_SUFFIX)]
    found = Counter(item for path in files for item in _texts(path))
    return max(found, key=lambda item: found[item]) if found else None


def _texts(path: Path) -> list[tuple[str, str]]:
    attributes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))["metadataAttributes"]
    plain = {key: _plain(value) for key, value in attributes.items()}
    return [(key, value) for key, value in plain.items() if isinstance(value, str)]


def _plain(value: Any) -> Any:
    """Without its type, `{"value": {"type": "STRING", "stringValue": "en"}}`, which a managed knowledge base needs."""
    typed = value.get("value", {}) if isinstance(value, dict) else {}
    return typed.get("stringValue") if isinstance(typed, dict) and typed else value
