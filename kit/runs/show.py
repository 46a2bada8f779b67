"""`kit runs show`: one run in full."""

import argparse
import json
from functools import partial
from typing import Any

from kit.hint import as_given
from kit.runs.arguments import RUN, add_common_arguments
from kit.runs.chosen import chosen_run
from kit.runs.details import details_of, read_object
from kit.runs.entry import entry
from kit.runs.failure import failure_of, message_in
from kit.runs.page import Shown, page
from kit.runs.recorded_run import UNSUCCESSFUL
from kit.runs.steps import Step, steps_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    parser.add_argument("run_name", metavar="RUN", help=RUN)


def run(options: argparse.Namespace) -> int:
    deployed, found = chosen_run(options)
    (details,) = details_of(deployed, [found], metrics=True)
    job: dict[str, Any] = {}
    if found.job:
        job = {**deployed.bedrock.get_model_customization_job(jobIdentifier=found.job.arn), "ResponseMetadata": None}
    steps = steps_of(deployed, found.latest.arn) if found.latest and details.input else []
    shown = Shown(deployed, details, steps, job, read_object(deployed, found, "evaluation.json"))
    print(
        json.dumps(_json(shown), indent=1, default=str)
        if options.json
        else "\n".join(page(shown, partial(as_given, options=options)))
    )
    return 0


def _json(shown: Shown) -> dict[str, Any]:
    details, reason = shown.details, shown.reason
    failed = details.run.status in UNSUCCESSFUL
    return {
        **entry(details, shown.deployed.region),
        "failure": {**failure_of(*reason, details.run.run_id)._asdict(), "message": message_in(reason[1])}
        if failed
        else None,
        "settings": details.specification or None,
        "dataset": {"key": details.input.get("key"), "sha256": details.input.get("dataset_sha256")},
        "check": details.check or None,
        "metrics": details.metrics or None,
        "evaluation": shown.evaluation or None,
        "job": {key: value for key, value in shown.job.items() if value is not None} or None,
        "steps": [_step(step) for step in shown.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "began": step.began.isoformat(),
        "seconds": round(step.took.total_seconds(), 3),
        "times": step.times,
        "done": step.done,
        "failures": step.failures,
        "waits": step.waits,
        "error": step.error or None,
        "cause": step.cause or None,
    }
