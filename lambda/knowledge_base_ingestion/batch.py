"""Which data sources the messages of a batch announce changes of. Pure.

A deploy and a schedule name the data source: {"source": "deploy", "dataSourceId": "..."}. S3's events do not: they are
of the bucket of the knowledge base's own documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

NAMING = ("deploy", "schedule")


def messages_by_source(records: Iterable[Mapping[str, Any]], own: str) -> dict[str, list[str]]:
    """Data source -> ids of its messages. `own`: the data source of the bucket's events."""
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(_source(record.get("body", "")) or own, []).append(record["messageId"])
    return found


def _source(body: str) -> str | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("source") not in NAMING:
        return None
    named = message.get("dataSourceId")
    return named if isinstance(named, str) else None
