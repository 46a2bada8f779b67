"""A test's own price list in place of prices.json, so that no test depends on what Bedrock charges today."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from model_catalog import prices


def row(kind: str, usd: float, per: str = "million tokens", **changes: Any) -> dict[str, Any]:
    usual = {
        "model": None,
        "service": None,
        "kind": kind,
        "commitment": None,
        "region": "us-east-1",
        "tier": None,
        "usd": usd,
        "per": per,
        "source": "a test",
        "date": "2026-11-25",
        "entered": "person",
        "verified": False,
    }
    return usual | changes


@contextmanager
def price_list(folder: Path, rows: Sequence[dict[str, Any]]) -> Iterator[None]:
    file = folder / "prices.json"
    file.write_text(json.dumps({"compiled": "2026-11-25", "prices": list(rows)}), encoding="utf-8")
    with patch.object(prices, "FILE", file):
        prices._index.cache_clear()
        yield
    prices._index.cache_clear()
