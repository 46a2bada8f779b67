"""A small catalog that replaces the shipped files during a test."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from model_catalog import data_files, prices
from tests.model_catalog.listed_account import MICRO


@contextmanager
def small_catalog(tmp_path: Path) -> Iterator[Path]:
    """A catalog of two models, one with a documented fact and a price entered by hand."""
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
    for name, data in (
        ("api_listing", old),
        ("documented_facts", entered),
        ("prices", {"compiled": "2026", "prices": rows}),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    patches = [
        patch.object(data_files, "API_LISTING", tmp_path / "api_listing.json"),
        patch.object(data_files, "DOCUMENTED_FACTS", tmp_path / "documented_facts.json"),
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
    for cached in (
        data_files.models,
        data_files.by_id,
        data_files.retired,
        data_files.api_listing,
        data_files.documented_facts,
    ):
        cached.cache_clear()
    prices._index.cache_clear()
