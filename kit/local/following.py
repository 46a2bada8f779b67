"""Waits for what a deploy started: the training run of each customization, and the ingestion of the documents."""

import csv
import io
import json
import time
from datetime import datetime
from typing import Any

from deployment.config import DeploymentConfig
from deployment.documents import read_documents_folder
from kit.hint import EMBEDDED, as_given
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
from kit_contract.stacks import (
    DATA_SOURCE_ID_OUTPUT,
    INGESTION_QUEUE_OUTPUT,
    KNOWLEDGE_BASE_ID_OUTPUT,
    TRAINING_BUCKET_OUTPUT,
    run_execution_output,
)

NO_EXECUTION = "none"  # of an output: older than the 90 days that Step Functions keeps, or nothing to do
TRAINING_TIMEOUT_SECONDS = 300
INGESTION_TIMEOUT_SECONDS = 120
INGESTED = ("INDEXED", "PENDING", "STARTING", "IN_PROGRESS")
LISTED_DOCUMENTS = 10
OUTPUTS = (KNOWLEDGE_BASE_ID_OUTPUT, DATA_SOURCE_ID_OUTPUT, INGESTION_QUEUE_OUTPUT)


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
        progress.done(as_given(f"{name}: {trial}; {follow}", EMBEDDED))
        return
    if held := held_back([name], merged):
        progress.done(as_given(f"{name}: not promoted, {HELD_BACK}{held[name]}", EMBEDDED))
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


def follow_ingestion(config: DeploymentConfig, outputs: StackOutputs, clients: Any, progress: Progress) -> None:
    """Wait until all changes are ingested; show the statistics. Raises ExternalError with Bedrock's reasons."""
    progress.step("Ingestion of the documents")
    if not config.built_knowledge_bases:
        progress.done("no [knowledge_base] in deployment.toml")
        return
    merged = merged_outputs(outputs)
    for name, section in config.built_knowledge_bases.items():
        key = config.knowledge_base_key(name)
        expected = len(read_documents_folder(section.documents).documents) if section.documents else 0
        jobs = _followed_ingestion(
            {output: merged[f"{key}{output}"] for output in OUTPUTS}, expected, clients, progress
        )
        _show_ingestion(f"{name}: " if len(config.built_knowledge_bases) > 1 else "", jobs, progress)


def _followed_ingestion(
    merged: dict[str, str], expected: int, clients: Any, progress: Progress
) -> list[dict[str, Any]]:
    """The ingestion jobs; none without documents. `merged`: the outputs of one, under the names of [knowledge_base]."""
    deadline = time.monotonic() + INGESTION_TIMEOUT_SECONDS
    newest: dict[str, Any] | None = None
    while time.monotonic() < deadline:
        waiting = _waiting_messages(clients, merged)  # before the jobs: a message becomes a job, never the reverse
        jobs = _ingestion_jobs(clients, merged)
        newest = jobs[-1] if jobs else None
        if newest and newest["status"] == "FAILED":
            reasons = _reasons(newest) or "Bedrock gave no reason"
            raise ExternalError(f"ingestion failed: {reasons}{_document_reasons(clients, merged)}")
        scanned = newest["statistics"]["numberOfDocumentsScanned"] if newest else 0
        ended = newest["status"] == "COMPLETE" if newest else not expected
        if ended and scanned >= expected and not waiting:
            return jobs
        progress.bar(scanned / max(expected, 1), newest["status"].lower().replace("_", " ") if newest else "waiting")
        time.sleep(0.3)
    raise ExternalError(_not_ingested(newest, expected) + _document_reasons(clients, merged))


def _waiting_messages(clients: Any, merged: dict[str, str]) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = merged[INGESTION_QUEUE_OUTPUT]
    counts = clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)


def _reasons(job: dict[str, Any]) -> str:
    return "; ".join(job.get("failureReasons", []))


def _document_reasons(clients: Any, merged: dict[str, str]) -> str:
    """A line for each of the first documents that Bedrock did not index, with its own reason."""
    identifiers = {"knowledgeBaseId": merged[KNOWLEDGE_BASE_ID_OUTPUT], "dataSourceId": merged[DATA_SOURCE_ID_OUTPUT]}
    pages = clients("bedrock-agent").get_paginator("list_knowledge_base_documents").paginate(**identifiers)
    unknown = "see the reasons above"
    lines = [
        f"\n  {item['identifier']['s3']['uri']} is {item['status']}: {item.get('statusReason', unknown)}"
        for page in pages
        for item in page["documentDetails"]
        if item["status"] not in INGESTED
    ]
    more = [f"\n  and {len(lines) - LISTED_DOCUMENTS} more"] if len(lines) > LISTED_DOCUMENTS else []
    return "".join([*lines[:LISTED_DOCUMENTS], *more])


def _not_ingested(newest: dict[str, Any] | None, expected: int) -> str:
    message = f"the ingestion of {counted(expected, 'document')} was not complete within {INGESTION_TIMEOUT_SECONDS} s"
    if newest is None:
        return f"{message}: no ingestion job was started; see .local/aws/emulator.log"
    statistics = newest["statistics"]
    scanned, failed = statistics["numberOfDocumentsScanned"], statistics["numberOfDocumentsFailed"]
    counts = f"the last job is {newest['status']} with {scanned} scanned and {failed} failed"
    reasons = _reasons(newest)
    return f"{message}: {counts}" + (f"; {reasons}" if reasons else "")


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


def _ingestion_jobs(clients: Any, merged: dict[str, str]) -> list[dict[str, Any]]:
    """Every ingestion job of the data source, oldest first."""
    identifiers = {"knowledgeBaseId": merged[KNOWLEDGE_BASE_ID_OUTPUT], "dataSourceId": merged[DATA_SOURCE_ID_OUTPUT]}
    agent = clients("bedrock-agent")
    found = agent.list_ingestion_jobs(**identifiers)["ingestionJobSummaries"]
    return [
        agent.get_ingestion_job(**identifiers, ingestionJobId=job["ingestionJobId"])["ingestionJob"]
        for job in sorted(found, key=lambda job: job["startedAt"])
    ]


def _show_ingestion(whose: str, jobs: list[dict[str, Any]], progress: Progress) -> None:
    if not jobs:
        progress.done(f"{whose}no documents in a folder; for its sources: kit knowledge status --local")
        return
    newest = jobs[-1]["statistics"]
    indexed = sum(job["statistics"]["numberOfNewDocumentsIndexed"] for job in jobs)
    modified = sum(job["statistics"]["numberOfModifiedDocumentsIndexed"] for job in jobs)
    ran = f"{counted(len(jobs), 'job')}{' so far' if len(jobs) > 1 else ''}"
    progress.done(
        f"{whose}{counted(newest['numberOfDocumentsScanned'], 'document')}: {indexed} indexed, {modified} modified, "
        f"{newest['numberOfDocumentsFailed']} failed, in {ran}"
    )
    for reason in jobs[-1].get("failureReasons", []):
        progress.line(f"failed: {reason}")
