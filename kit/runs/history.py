"""`kit runs history`: who served an alias when, why, and which runs are held back."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from kit.hint import as_given
from kit.runs.arguments import add_common_arguments
from kit.runs.chosen import found_histories
from kit.runs.deployed import connect
from kit.runs.served_history import AliasHistory, history_of
from kit.runs.words import cut, one_line, time_in
from kit.table import table

HEAD = ["FROM (UTC)", "UNTIL", "RUN", "WHY"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("alias", metavar="ALIAS", nargs="?", help="default: every alias of a customization")


def run(options: argparse.Namespace) -> int:
    histories = found_histories(connect(options.config, options.environment, local=options.local), options)
    if options.alias:
        histories = [history_of(histories, options.alias)]
    if options.json:
        print(json.dumps([asdict(history) for history in histories], indent=1))
        return 0
    print(as_given("\n\n".join(_text(history) for history in histories), options) or "no customization is deployed")
    return 0


def _text(history: AliasHistory) -> str:
    lines = [f"{history.alias} ({history.customization})"]
    rows = [
        [
            time_in(item.since),
            time_in(item.until) if item.until else "now",
            item.name,
            one_line(item.why or "the settings"),
        ]
        for item in history.served
    ]
    lines += table([HEAD, *rows]) if rows else ["its base model; no run was promoted yet"]
    if history.canary:
        lines.append(f"run {history.canary} is being tried: kit runs watch {history.canary}")
    return "\n".join([*map(cut, lines), *_held_back(history)])


def _held_back(history: AliasHistory) -> Sequence[str]:
    """In full: it says what to do."""
    return [
        f"run {run} is held back: {one_line(reason)}; to serve it all the same: kit runs promote {run}"
        for run, reason in sorted(history.held_back.items())
    ]
