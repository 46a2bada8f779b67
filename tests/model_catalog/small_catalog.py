"""A small catalog in a folder of its own, in place of the shipped files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from model_catalog import loading, prices
from tests.model_catalog.listed_account import MICRO


@contextmanager
def small_catalog(tmp_path: Path) -> Iterator[Path]:
    """A small catalog: one model in two regions, one elsewhere only, with facts and prices of people's own."""
    old = {
        "source": "before",
        "date": "2026-01-01",
        "regions": {"us-east-1": "2026-01-01", "eu-west-1": "2026-01-01"},
        "models": {
            MICRO: {
                "name": "Nova Micro",
                "provider": "Amazon",
                "input": ["TEXT"],
                "output": ["TEXT"],
                "streaming": True,
                "status": "ACTIVE",
                "lifecycle": {},
                "customizations": None,
                "inference": {"ON_DEMAND": ["eu-west-1", "us-east-1"]},
            },
            "old.gone": {"name": "Gone", "inference": {"ON_DEMAND": ["us-east-1"]}, "customizations": None},
        },
        "profiles": {f"us.{MICRO}": [{"from": ["us-east-1", "us-west-2"], "to": ["us-east-1"]}]},
    }
    facts = {"tools": {"value": True, "source": "p"}}
    entered = {"sources": {"p": {"text": "x", "date": "2026"}}, "models": {MICRO: facts}, "retired": {}}
    person: dict[str, Any] = {
        "model": MICRO,
        "service": None,
        "kind": "training_tokens",
        "commitment": None,
        "region": "us-east-1",
    }
    person |= {"tier": None, "usd": 0.001, "per": "thousand tokens", "source": "x", "date": "2026"}
    rows = [person | {"entered": "person", "verified": False}]
    for name, data in (("offered", old), ("entered", entered), ("prices", {"compiled": "2026", "prices": rows})):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    patches = [
        patch.object(loading, "OFFERED", tmp_path / "offered.json"),
        patch.object(loading, "ENTERED", tmp_path / "entered.json"),
        patch.object(prices, "FILE", tmp_path / "prices.json"),
    ]
    for item in patches:
        item.start()
    forget()
    yield tmp_path
    for item in patches:
        item.stop()
    forget()


def forget() -> None:
    for cached in (loading.models, loading.by_id, loading.retired, loading.offered_data, loading.entered_data):
        cached.cache_clear()
    prices._index.cache_clear()
