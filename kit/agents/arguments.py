"""Arguments that all actions of `kit agents` have."""

import argparse
from pathlib import Path
from typing import Any


def add_common_arguments(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    """Those of the command have `defaults`; an action keeps what was given before it."""
    kept = argparse.SUPPRESS
    parser.add_argument("--config", type=Path, default=defaults.get("config", kept), help="default: deployment.toml")
    parser.add_argument(
        "--local",
        action="store_true",
        default=defaults.get("local", kept),
        help="use the embedded AWS that make up started",
    )
    parser.add_argument("--json", action="store_true", default=defaults.get("json", kept), help="print JSON")


def add_agent_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", metavar="NAME", help="can be left out if there is only one")
