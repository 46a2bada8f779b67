"""Arguments of a command that asks a deployment: before the name of an action or after it."""

import argparse
from pathlib import Path
from typing import Any

CONFIG = Path("deployment.toml")


def add_file_arguments(parser: argparse.ArgumentParser, *, defaults: bool = True) -> None:
    """Which file, and which of its environments. `defaults`: see add_deployment_arguments."""

    def usual(value: Any) -> Any:
        return value if defaults else argparse.SUPPRESS

    parser.add_argument("--config", type=Path, default=usual(CONFIG), help="default: deployment.toml")
    one_of = "one of [environments.*]; needed if the file has any"
    parser.add_argument("--environment", metavar="NAME", default=usual(None), help=one_of)


def add_deployment_arguments(parser: argparse.ArgumentParser, *, defaults: bool = False) -> None:
    """`defaults` for the command itself: an action has none, so that what was given before its name stays."""

    def usual(value: Any) -> Any:
        return value if defaults else argparse.SUPPRESS

    add_file_arguments(parser, defaults=defaults)
    local = "use the embedded AWS that make up started"
    parser.add_argument("--local", action="store_true", default=usual(False), help=local)
    parser.add_argument("--json", action="store_true", default=usual(False), help="print JSON")
