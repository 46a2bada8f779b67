"""Waits for the training run of each customization that a deploy started."""

import csv
import io
import json
import time
from datetime import datetime
from typing import Any

from deployment.config import DeploymentConfig
from kit.local.evaluations import is_promoted, outcome_of, waits_for_approval
from kit.local.run_progress import own_jobs, run_progress, trial_in_words
from kit.local.stacks import StackOutputs, merged_outputs
from kit.progress import Progress, curve
from kit.runs.failure import message_in
from kit.training_deploy import held_back
from kit_contract import run_names
from kit_contract.counted import counted
from kit_contract.errors import ExternalError
from kit_contract.parameters import customization_promoted
from kit_contract.run_events import HELD_BACK
from kit_contract.stacks import TRAINING_BUCKET_OUTPUT, run_execution_output

NO_EXECUTION = "none"  # of an output: older than the 90 days that Step Functions keeps, or nothing to do
TRAINING_TIMEOUT_SECONDS = 300


def follow_training(
    config: DeploymentConfig, outputs: StackOutputs, clients: Any, progress: Progress, *, since: datetime
) -> None:
    """Wait for the execution of every customization's current settings; show its progress and loss.

    An execution that started before `since` belongs to an earlier run. Raises ExternalError for all that failed.
    """
    progress.step("Training")
    if not config.training:
        progress.done("no [training] in deployment.toml")
        return
    merged = merged_outputs(outputs)
    failures: list[str] = []
    for name in config.custom_models:
        try:
            _follow(name, config, merged, clients, progress, since)
        except ExternalError as error:  # the others are followed first
            failures.append(str(error))
    if failures:
        raise ExternalError("\n".join(failures))


def _follow(
    name: str, config: DeploymentConfig, merged: dict[str, str], clients: Any, progress: Progress, since: datetime
) -> None:
    execution = merged[run_execution_output(name)]
    bucket = merged.get(TRAINING_BUCKET_OUTPUT, "") if config.custom_models[name].evaluation else ""
    started, trial = since, ""
    if execution != NO_EXECUTION:
        started, trial = _wait_for_execution(clients, execution, name, bucket, progress)
    if trial:
        follow = f"to follow it: kit runs watch {run_names.run_of(execution)}"
        progress.done(f"{name}: {trial}; {follow}")
        return
    if held := held_back([name], merged):
        progress.done(f"{name}: not promoted, {HELD_BACK}{held[name]}")
        return
    run = run_names.run_of(execution)
    outcome = outcome_of(clients, bucket, name, run, progress) if bucket and run else ""
    if outcome and not is_promoted(clients, config.deployment.name, name, run):
        progress.done(f"{name}: {outcome}")
        return
    earlier = started < since or execution == NO_EXECUTION
    if name in config.external_models:
        progress.done(f"{name}: {'there already, nothing to do' if earlier else 'made and promoted'}")
        return
    _show_loss(clients, config.deployment.name, name, progress)
    jobs = own_jobs(clients, execution, config.deployment.name, name)
    progress.done(f"{name}: {'already trained, nothing to do' if earlier else _promoted(jobs, since)}")


def _promoted(jobs: list[dict[str, Any]], since: datetime) -> str:
    if not any(job["creationTime"] >= since.replace(microsecond=0) for job in jobs):
        return "trained before, promoted now"
    again = " again, its model was deleted" if [job["status"] for job in jobs].count("Completed") > 1 else ""
    return f"trained{again} and promoted"


def _wait_for_execution(
    clients: Any, execution: str, name: str, bucket: str, progress: Progress
) -> tuple[datetime, str]:
    """Returns when it started, and what a run does that is still on trial.

    One that waits for a person is not awaited. `bucket` is empty without an evaluation.
    """
    waited = False
    deadline = time.monotonic() + TRAINING_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        state = clients("stepfunctions").describe_execution(executionArn=execution)
        waits = bucket and waits_for_approval(clients, bucket, name, run_names.run_of(execution))
        if state["status"] == "SUCCEEDED" or waits:
            if waited:
                progress.bar(1.0, f"{name}: done")
                progress.end_bar()
            return state["startDate"], ""
        if state["status"] != "RUNNING":
            reason = message_in(state.get("cause", ""))
            raise ExternalError(f"training of {name} ended {state['status']}: {reason}")
        waited = True
        fraction, text = run_progress(clients, execution)
        progress.bar(fraction, f"{name}: {text}")
        time.sleep(0.3)
    if trial := trial_in_words(clients, execution):
        progress.end_bar()
        return state["startDate"], trial
    raise ExternalError(
        f"training of {name} did not end within {TRAINING_TIMEOUT_SECONDS} s; see .local/aws/emulator.log"
    )


def _show_loss(clients: Any, kit_deployment: str, name: str, progress: Progress) -> None:
    """Of the model that was promoted: a renamed customization has one that was trained under the old name."""
    value = clients("ssm").get_parameter(Name=customization_promoted(kit_deployment, name))["Parameter"]["Value"]
    promoted = json.loads(value)["custom_model_arn"]
    if not promoted:  # a person or a watch went back to the base model
        return
    model = clients("bedrock").get_custom_model(modelIdentifier=promoted)
    bucket, _, prefix = model["outputDataConfig"]["s3Uri"].removeprefix("s3://").partition("/")
    job = f"model-customization-job-{model['jobArn'].rpartition('/')[2]}/"
    found = clients("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    keys = [
        item["Key"] for item in found if item["Key"].endswith("step_wise_training_metrics.csv") and job in item["Key"]
    ]
    if not keys:
        return
    body = clients("s3").get_object(Bucket=bucket, Key=keys[0])["Body"].read().decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    for column in rows[0]:
        if column == "training_loss" or "reward" in column:
            values = [float(row[column]) for row in rows]
            title = column.replace("_", " ") if column == "training_loss" else "reward"
            progress.line(f"{title} {values[0]:.2f} {curve(values)} {values[-1]:.2f} ({counted(len(values), 'step')})")
