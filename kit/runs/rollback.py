"""`kit runs rollback`: an alias goes back to the last good model, in place and without a job.

The model of an earlier run stays in Bedrock until it is deleted, so the way back is one change of what the alias's
deployment serves: callers keep their target, and no request fails.
"""

import argparse

from kit.runs.arguments import add_common_arguments
from kit.runs.choice import add_choice_arguments, serve
from kit.runs.chosen import found_histories
from kit.runs.deployed import Deployed, connect
from kit.runs.imported_models import status_of
from kit.runs.served_history import AliasHistory, Served, history_of
from kit_contract.aws_errors import says_absent
from kit_contract.errors import InputError
from kit_contract.run_events import BASE_MODEL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("alias", metavar="ALIAS", help="whose callers get another model")
    to = f'a run of kit runs history, or "{BASE_MODEL}" for the base model; default: what served before'
    parser.add_argument("--to", metavar="RUN", help=to)
    add_choice_arguments(parser)


def run(options: argparse.Namespace) -> int:
    deployed = connect(options.config, options.environment, local=options.local)
    history = history_of(found_histories(deployed, options), options.alias)
    target = _named(history, options.to) if options.to else _last_good(deployed, history)
    return serve(deployed, history, target, options, verb="rollback", checked=False)


def _named(history: AliasHistory, wanted: str) -> str:
    """Raises InputError for a run that never served the alias, or serves it now."""
    if wanted == BASE_MODEL:
        return BASE_MODEL
    found = sorted({item.run_id for item in history.served if item.run_id.startswith(wanted)})
    if len(found) != 1:
        known = ", ".join(dict.fromkeys(item.run_id for item in history.served if item.run_id)) or "none"
        raise InputError(
            f'--to must name one run that served {history.alias}, or "{BASE_MODEL}": {known}; got {wanted!r}'
        )
    if history.current and found[0] == history.current.run_id and not history.canary:
        raise InputError(
            f"run {found[0]} serves {history.alias} already; kit runs history {history.alias} lists others"
        )
    return found[0]


def _last_good(deployed: Deployed, history: AliasHistory) -> str:
    """What serves beside a canary, else the latest that served before, is not held back and still exists."""
    if history.canary and history.current and history.current.run_id:
        return history.current.run_id
    current = history.current.run_id if history.current else ""
    for item in history.served:
        if item.run_id not in ("", current, *history.held_back) and _exists(deployed, item):
            return item.run_id
    raise InputError(
        f"no run that served {history.alias} before has a model any more; name one that did not serve it (kit runs "
        f"promote), or go back to the base model: kit runs rollback {history.alias} --to {BASE_MODEL}"
    )


def _exists(deployed: Deployed, item: Served) -> bool:
    try:
        return status_of(deployed, item.model_arn) == "Active"
    except Exception as error:
        if not says_absent(error):
            raise
        return False
