"""Prints names and marks of keys as a table or as JSON, never a key."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kit.table import table
from kit_contract.api_keys import ApiKey

HEAD = ("NAME", "CREATED", "LAST 4", "FINGERPRINT", "OLD KEY VALID UNTIL")
FINGERPRINT = 8  # as in the authorizer's log


def as_table(keys: Mapping[str, ApiKey], now: float) -> str:
    return "\n".join(table([HEAD, *map(_cells, entries(keys, now))]))


def as_json(keys: Mapping[str, ApiKey], faults: Mapping[str, str], now: float) -> str:
    return json.dumps({"keys": entries(keys, now), "faults": dict(faults)}, indent=2)


def entries(keys: Mapping[str, ApiKey], now: float) -> Sequence[dict[str, Any]]:
    return [
        {
            "name": name,
            "created": key.created,
            "last4": key.last4,
            "fingerprint": key.sha256[:FINGERPRINT],
            "old_keys_valid_until": [_time(item.until) for item in key.replaced if item.until > now],
        }
        for name, key in sorted(keys.items())
    ]


def _cells(entry: Mapping[str, Any]) -> tuple[str, ...]:
    until = ", ".join(entry["old_keys_valid_until"])
    return (entry["name"], entry["created"] or "unknown", entry["last4"], entry["fingerprint"], until)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
