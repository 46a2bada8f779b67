"""`kit runs retry`: starts a run again with the same data and settings, after a failure that was not theirs.

The starter decides, as for a deploy: it starts nothing while an execution or a job of the customization runs.
"""

import argparse
import json

from kit.hint import as_given
from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.asking import agreed
from kit.runs.chosen import chosen_run
from kit.runs.costs import training_usd
from kit.runs.deployed import Deployed
from kit.runs.details import Details, details_of
from kit.runs.entry import name_of
from kit.runs.failure import Failure, failure_of, message_in
from kit.runs.recorded_run import UNSUCCESSFUL
from kit.runs.words import usd
from kit_contract.errors import ExternalError, InputError
from kit_contract.run_events import NOT_SERVED, StartRequest
from kit_contract.stacks import STARTER_OUTPUT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)
    yes = "retry without being asked where the data or the settings were the reason"
    parser.add_argument("--yes", action="store_true", help=yes)


def run(options: argparse.Namespace) -> int:
    deployed, found = chosen_run(options)
    (details,) = details_of(deployed, [found])
    failure = _failure(details)
    if failure.outside is False:
        question = f"{failure.what}: {message_in(details.cause)}\nThe same content may fail the same way. Retry?"
        if not agreed(question, options):
            return 1
    answer = deployed.invoke(STARTER_OUTPUT, _request(details))
    if not answer.get("started"):
        raise ExternalError(f"nothing was started: {str(answer.get('reason', '')).removeprefix(NOT_SERVED)}")
    _tell(options, deployed, details, answer)
    return 0


def _failure(details: Details) -> Failure:
    """Raises InputError for a run that did not fail, or of which too little is known."""
    found = details.run
    if found.status not in UNSUCCESSFUL:
        fix = "watch it: kit runs watch" if found.status in ("running", "training") else "see kit runs show"
        raise InputError(f"only a run that failed or was stopped is retried, got one that is {found.status}; {fix}")
    if not details.input:
        raise InputError(
            f"the execution of run {found.run_id} ended more than 90 days ago, so its data is not known any more; "
            "deploy with --retry-failed, or upload the data again"
        )
    return failure_of(details.error, details.cause)


def _request(details: Details) -> StartRequest:
    return {
        "customization": details.run.customization,
        "key": str(details.input["key"]),
        "retry": True,
        "run_id": details.run.run_id,
    }


def _tell(options: argparse.Namespace, deployed: Deployed, details: Details, answer: dict[str, object]) -> None:
    if options.json:
        print(json.dumps({**name_of(details.run), **answer}, indent=1))
        return
    cost = ""
    if not answer.get("promotes"):
        one = training_usd(details, deployed.region)
        cost = "; what it costs is unknown" if one is None else f"; about {usd(one)} USD"
    print(f"{details.run.customization} {details.run.run_id}: {answer['reason']} is started{cost}")
    print(as_given(f"to follow it: kit runs watch {details.run.run_id}", options))
