"""Arguments that every action takes, before or after its name, and those of a search."""

import argparse
from pathlib import Path
from typing import Any


def add_common_arguments(parser: argparse.ArgumentParser, **defaults: Any) -> None:
    """Without `defaults`, those of an action: what was given before its name stays."""

    def usual(name: str) -> Any:
        return defaults.get(name, argparse.SUPPRESS)

    parser.add_argument("--config", type=Path, default=usual("config"), help="default: deployment.toml")
    local = "use the embedded AWS that make up started"
    parser.add_argument("--local", action="store_true", default=usual("local"), help=local)
    parser.add_argument("--json", action="store_true", default=usual("json"), help="print JSON")
    which = "of this knowledge base; may be given several times (default: all, or the only one)"
    parser.add_argument(
        "--knowledge-base", metavar="NAME", action="append", default=usual("knowledge_base"), help=which
    )


def add_filter(parser: argparse.ArgumentParser) -> None:
    text = "only documents whose metadata fits: KEY=VALUE (all of several must fit), or Bedrock's RetrievalFilter"
    parser.add_argument("--filter", metavar="FILTER", action="append", default=[], help=text)
