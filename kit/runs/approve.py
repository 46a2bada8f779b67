"""`kit runs approve`: promotes a model that waits for a person after its evaluation, or keeps what serves.

The waiting execution's task token lies beside the report; SendTaskSuccess ends the waiting.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from kit.hint import as_given
from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.asking import agreed
from kit.runs.chosen import chosen_run
from kit.runs.deployed import Deployed
from kit.runs.entry import name_of
from kit.runs.recorded_run import RecordedRun
from kit_contract.aws_errors import code_of
from kit_contract.errors import InputError
from kit_contract.evaluations import APPROVAL, READABLE_REPORT, ApprovalAnswer
from kit_contract.run_names import run_prefix

# https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors
ENDED = ("TaskDoesNotExist", "TaskTimedOut", "InvalidToken")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)
    parser.add_argument("--reject", action="store_true", help="keep what serves; the model stays")
    parser.add_argument("--reason", default="", help="for the report")
    parser.add_argument("--yes", action="store_true", help="decide without being asked")


def run(options: argparse.Namespace) -> int:
    deployed, found = chosen_run(options)
    approval = _object(deployed, found, APPROVAL)
    if approval is None:
        raise InputError(f"run {found.run_id} of {found.customization} waits for nobody, it is {found.status}")
    if not options.json:
        print(as_given(_object(deployed, found, READABLE_REPORT) or "the report is gone", options))
    verb = "Keep what serves, and not promote" if options.reject else "Promote"
    if not agreed(f"{verb} the model of run {found.run_id}?", options):
        return 1
    answer = _answer(options, deployed)
    _send(deployed, found, json.loads(approval), answer)
    if options.json:
        print(json.dumps({**name_of(found), **answer}, indent=1))
    else:
        outcome = "is kept, and what served goes on serving" if options.reject else "is being promoted"
        said = f"{found.customization} {found.run_id} {outcome}; kit runs watch {found.run_id} follows it"
        print(as_given(said, options))
    return 0


def _answer(options: argparse.Namespace, deployed: Deployed) -> ApprovalAnswer:
    by = deployed.client("sts").get_caller_identity()["Arn"]
    reason = options.reason or ("rejected" if options.reject else "approved")
    return {"decision": "keep" if options.reject else "promote", "by": by, "reason": reason}


def _send(deployed: Deployed, found: RecordedRun, approval: Mapping[str, Any], answer: ApprovalAnswer) -> None:
    """Raises InputError if the execution has ended meanwhile."""
    try:
        deployed.stepfunctions.send_task_success(taskToken=approval["task_token"], output=json.dumps(answer))
    except Exception as error:
        if code_of(error) not in ENDED:
            raise
        raise InputError(
            f"execution {approval['execution']} does not wait any more (until {approval['ends_at']}); kit deploy looks "
            f"again at {found.customization}, without asking the models again"
        ) from None


def _object(deployed: Deployed, found: RecordedRun, name: str) -> str | None:
    key = f"{run_prefix(found.customization, found.run_id)}{name}"
    listed = deployed.s3.list_objects_v2(Bucket=deployed.bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    if not any(item["Key"] == key for item in listed):
        return None
    return deployed.s3.get_object(Bucket=deployed.bucket, Key=key)["Body"].read().decode()
