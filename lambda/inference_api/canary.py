"""A canary: a share of an alias's requests goes to a new model first, and to what serves where that fails.

The workflow opens and closes it in the alias's serving parameter (kit_contract/canaries.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from kit_contract.canaries import CANARY_KEY, PROMOTED, SERVING, WATCH_KEY

# A canary that is silent for so long has failed: most of a request's time is left for what serves.
CANARY_SECONDS = 60.0


def open_canary(published: Mapping[str, Any], now: float) -> Mapping[str, Any] | None:
    """The entry of a canary that has not ended. `published`: the serving parameter, `now`: seconds since 1970."""
    entry = published.get(CANARY_KEY)
    return entry if isinstance(entry, dict) and entry["until"] > now else None


def measured_variant(published: Mapping[str, Any], now: float) -> tuple[str, str]:
    """The variant of what serves the alias, and the run that is tried or watched; "" if nothing is measured: a metric
    has a price.
    """
    if canary := open_canary(published, now):
        return SERVING, canary["run_id"]
    watch = published.get(WATCH_KEY)
    return (PROMOTED, watch["run_id"]) if isinstance(watch, dict) and watch["until"] > now else ("", "")


def random_share() -> float:
    """0 to 1, without 1. The module `random` takes a while to import."""
    return int.from_bytes(os.urandom(4), "big") / 2**32
