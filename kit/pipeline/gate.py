"""`kit pipeline gate`: reads what `kit diff --json` printed, and stops a pipeline before what it may not do.

Exit code 3: it needs a kind that --allow does not name. --output gets a file for a shell, whose variables CodeBuild
exports: what an approval shows, and what --accept of the deploy gets.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kit.deploy.effects.effect import NEED_CONSENT
from kit.table import table
from kit_contract.counted import counted
from kit_contract.errors import InputError

REFUSED = 3
NOTHING = "nothing"  # CodePipeline passes on no empty value
# Of an approval's comment; a value in the configuration of an action has at most 1,000 characters.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
LONGEST = 900
HEAD = ("KIND", "WHAT", "USD ONCE", "WHY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = [kind.value for kind in NEED_CONSENT]
    parser.add_argument("diff", type=Path, metavar="DIFF.JSON", help="what kit diff --json printed")
    allow = "a kind that the pipeline may do; once for each"
    parser.add_argument("--allow", action="append", default=[], choices=kinds, metavar="KIND", help=allow)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write KIT_SUMMARY and KIT_ACCEPT for a shell")


def run(options: argparse.Namespace) -> int:
    found = read_difference(options.diff)
    print("\n".join(lines(found)))
    refused = [kind for kind in found["needs_consent"] if kind not in options.allow]
    if refused:
        fix = f"add it to accept of stages.{found.get('environment') or 'ENVIRONMENT'} in [pipeline.codepipeline]"
        print(f"stopped: this pipeline may not {', '.join(refused)} there; if it should, {fix}", file=sys.stderr)
        return REFUSED
    if options.output:
        options.output.write_text(variables(found), encoding="utf-8")
    return 0


def read_difference(path: Path) -> dict[str, Any]:
    """Raises InputError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; write it with kit diff --json > {path}") from None
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}; write it with kit diff --json > {path}") from None
    if not isinstance(found, dict) or not {"effects", "needs_consent", "digest", "usd"} <= found.keys():
        raise InputError(f"{path} is not what kit diff --json prints; write it with kit diff --json > {path}")
    return found


def accept(found: dict[str, Any]) -> str:
    """The value of --accept for exactly these effects."""
    kinds: Sequence[str] = found["needs_consent"]
    return f"{','.join(kinds)}@{found['digest']}" if kinds else NOTHING


def variables(found: dict[str, Any]) -> str:
    """As a POSIX shell reads them."""
    values = {"KIT_SUMMARY": summary(found), "KIT_ACCEPT": accept(found)}
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items())


def summary(found: dict[str, Any]) -> str:
    """One line for who approves: where, what it costs, what it does, and what approving accepts."""
    place = f"{found.get('deployment', 'this deployment')} in {found.get('account', '?')}, {found.get('region', '?')}"
    accepted = accept(found)
    end = "nothing needs consent" if accepted == NOTHING else f"approving accepts {accepted}"
    head = f"{place}: {price(found['usd'])}; "
    effects = [f"{item['kind']} {_what(item)}" for item in found["effects"]]
    return f"{head}{_fitting(effects, LONGEST - len(head) - len(end) - 2)}; {end}" if effects else f"{head}{end}"


def price(usd: dict[str, Any]) -> str:
    after = usd["after"]
    least = "at least " if after.get("at_least") else ""
    now = f"{least}{after['hour']:,.2f} USD an hour, {after['month']:,.2f} a month"
    if usd.get("before") is None:
        return f"{now} (what is deployed has no known price)"
    return f"{now} ({usd['difference_per_hour']:+,.2f} an hour, {usd['difference_per_month']:+,.2f} a month)"


def lines(found: dict[str, Any]) -> Iterator[str]:
    rows = [(item["kind"], _what(item), _once(item), item["what"]) for item in found["effects"]]
    yield from table([HEAD, *rows]) if rows else ["nothing is replaced, deleted, bought, trained or ingested again"]
    yield price(found["usd"])


def _what(item: dict[str, Any]) -> str:
    stack = item.get("stack", "")
    return f"{stack}: {item['subject']}" if stack and stack != item["subject"] else str(item["subject"])


def _once(item: dict[str, Any]) -> str:
    return "unknown" if item.get("usd") is None else f"{item['usd']:,.2f}" if item["usd"] else "-"


def _fitting(texts: Sequence[str], room: int) -> str:
    """As many as there is room for, and how many are left."""
    kept = list(texts)
    while kept:
        left = len(texts) - len(kept)
        text = ", ".join([*kept, *([f"and {left} more"] if left else [])])
        if len(text) <= room:
            return text
        kept.pop()
    return counted(len(texts), "effect")
