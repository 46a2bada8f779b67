"""Asks the starter to serve the model of a run that a person chose, and tells what came of it."""

import argparse
import json
from typing import Any

from kit.hint import as_given
from kit.runs.asking import agreed
from kit.runs.deployed import Deployed
from kit.runs.served_history import AliasHistory
from kit_contract.run_events import BASE_MODEL, ChooseRequest
from kit_contract.stacks import STARTER_OUTPUT

PERSON = "by {}"


def add_choice_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="", help="for the history")
    parser.add_argument("--yes", action="store_true", help="change what serves without being asked")


def serve(
    deployed: Deployed, history: AliasHistory, run: str, options: argparse.Namespace, *, verb: str, checked: bool
) -> int:
    """Exit code: 1 if the person says no. Raises ExternalError with the starter's reason."""
    others = history.instead_of(run)
    held = f", and no deploy promotes {' or '.join(others)} again until you do: kit runs promote" if others else ""
    what = "its base model" if run == BASE_MODEL else f"the model of run {run}"
    question = f"{history.alias} is served by {what} from then on{held}. Go on?"
    if not agreed(as_given(question, options), options):
        return 1
    by = deployed.client("sts").get_caller_identity()["Arn"]
    reason = f"{options.reason or verb} ({PERSON.format(by)})"
    request: ChooseRequest = {
        "customization": history.customization,
        "choose": run,
        "instead_of": others,
        "reason": reason,
        "checked": checked,
    }
    _tell(deployed.invoke(STARTER_OUTPUT, request), history, run, options)
    return 0


def _tell(answer: dict[str, Any], history: AliasHistory, run: str, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"alias": history.alias, "customization": history.customization, **answer}, indent=1))
    elif run == BASE_MODEL:
        print(f"{history.alias} is served by its base model, within 15 seconds")
    else:
        said = f"{history.customization} {run}: {answer['reason']}; to follow it: kit runs watch {run}"
        print(as_given(said, options))
