"""`kit runs stop`: ends a running execution and its job. What was trained until then is billed, and gives no model.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-stop.html
"""

import argparse
import json
from collections.abc import Sequence

from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.asking import agreed
from kit.runs.choose import choose
from kit.runs.chosen import found_runs
from kit.runs.costs import training_usd
from kit.runs.deployed import Deployed
from kit.runs.details import details_of
from kit.runs.entry import name_of
from kit.runs.model_source import is_external, source_of
from kit.runs.recorded_run import RecordedRun
from kit.runs.words import usd
from kit_contract.aws_errors import code_of, says_busy
from kit_contract.errors import InputError

RUNNING_JOB = "InProgress"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)
    parser.add_argument("--yes", action="store_true", help="stop without being asked")


def run(options: argparse.Namespace) -> int:
    deployed, runs = found_runs(options)
    found = choose(runs, options.run_name, options.customization)
    executions = [item.arn for item in found.attempts if item.status == "RUNNING"]
    jobs = [item.arn for item in found.jobs if item.status == RUNNING_JOB]
    if not executions and not jobs:
        raise InputError(f"run {found.run_id} of {found.customization} does not run, it is {found.status}")
    billed = _billed(deployed, found, jobs) + _awaited(found, runs)
    if not agreed(f"Stop run {found.run_id} of {found.customization}? {billed}", options):
        return 1
    for arn in executions:
        _stop_execution(deployed, arn)
    for arn in jobs:
        _stop_job(deployed, arn)
    if options.json:
        print(json.dumps({**name_of(found), "executions": executions, "jobs": jobs, "billed": billed}, indent=1))
    else:
        print(f"{found.customization} {found.run_id} is being stopped. {billed}")
    return 0


def _billed(deployed: Deployed, found: RecordedRun, jobs: Sequence[str]) -> str:
    (details,) = details_of(deployed, [found])
    if is_external(details):
        return (
            f"What Bedrock has begun of {source_of(details) or 'its source'} cannot be stopped and goes on; another "
            "attempt at the run takes it over."
        )
    if not jobs:
        return "No job of it runs, so nothing is billed for training."
    whole = training_usd(details, deployed.region)
    most = f", at most about {usd(whole)} USD" if whole is not None else ""
    return f"Tokens that the job has processed are billed{most}; there is no model, and it cannot be resumed."


def _awaited(found: RecordedRun, runs: Sequence[RecordedRun]) -> str:
    """What another customization does that has the same content: this one under a new name, or a copy."""
    others = [run.customization for run in runs if run.run_id == found.run_id and run != found]
    waiting = [run.customization for run in runs if run.customization in others and run.status == "running"]
    if not waiting:
        return ""
    return f" {', '.join(waiting)} waits for its model, and will train it in its own job: stop that run, too."


def _stop_execution(deployed: Deployed, arn: str) -> None:
    try:
        deployed.stepfunctions.stop_execution(executionArn=arn, error="Stopped", cause="stopped by kit runs stop")
    except Exception as error:
        if code_of(error) != "ValidationException":  # it has just ended
            raise


def _stop_job(deployed: Deployed, arn: str) -> None:
    """Step Functions asks Bedrock to stop the job as well, but does not say so if Bedrock refuses."""
    try:
        deployed.bedrock.stop_model_customization_job(jobIdentifier=arn)
    except Exception as error:
        if not says_busy(error):  # it has just ended or is being stopped
            raise
