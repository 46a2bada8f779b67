"""Arguments that every action takes, before or after its name."""

import argparse
from pathlib import Path
from typing import Any

RUN = "the beginning of its id, or a customization for its newest run"


def add_common_arguments(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    """Without `defaults`, those of an action: what was given before its name stays."""

    def usual(name: str) -> Any:
        return defaults.get(name, argparse.SUPPRESS)

    parser.add_argument("--config", type=Path, default=usual("config"), help="default: deployment.toml")
    local = "use the embedded AWS that make up started"
    parser.add_argument("--local", action="store_true", default=usual("local"), help=local)
    parser.add_argument("--json", action="store_true", default=usual("json"), help="print JSON")
    of_one = "only runs of this customization"
    parser.add_argument("--customization", metavar="NAME", default=usual("customization"), help=of_one)
