"""Runs one client against the API: python -m tests.clients.run_client MODULE URL, in the client's environment.

Prints JSON: capability -> {"value": what came back}, {"n/a": why the client lacks it}, or {"failure": a traceback}.
"""

from __future__ import annotations

import json
import sys
import traceback
from importlib import import_module
from typing import Any, NamedTuple

from tests.clients.capabilities import CAPABILITIES, KEY


class Access(NamedTuple):
    """`url`: without /v1."""

    url: str
    key: str


def outcomes(module: str, url: str) -> dict[str, dict[str, Any]]:
    """`module`: its functions are the client's, or those of its CLIENT."""
    imported = import_module(f"tests.clients.adapters.{module}")
    client = getattr(imported, "CLIENT", imported)
    return {capability.name: _outcome(client, capability.name, Access(url, KEY)) for capability in CAPABILITIES}


def _outcome(client: Any, name: str, access: Access) -> dict[str, Any]:
    if name in client.NOT_AVAILABLE:
        return {"n/a": client.NOT_AVAILABLE[name]}
    try:
        return {"value": getattr(client, name)(access)}
    except Exception:
        return {"failure": traceback.format_exc()}


if __name__ == "__main__":
    print(json.dumps(outcomes(sys.argv[1], sys.argv[2])))
