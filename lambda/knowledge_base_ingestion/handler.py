"""Lambda handler of the ingestion: a batch of the queue -> one job for each of its data sources, one after the other.

Each is reported in the log and in SSM. If one cannot be started, SQS delivers the whole batch again; the client tokens
of those that have run start nothing new. One that does not exist is no reason for the others to wait.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import boto3

from kit_contract.knowledge_base_ingestion import IngestionSettings
from knowledge_base_ingestion.ingestion_job import (
    DataSource,
    IngestionJob,
    IngestionPendingError,
    Waiting,
    ingest,
)
from knowledge_base_ingestion.ingestion_report import log_line, parameter_value

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_ssm import SSMClient

NAMING = ("deploy", "schedule")


class Context(Protocol):
    """Lambda's context object."""

    def get_remaining_time_in_millis(self) -> int: ...


@cache
def clients() -> tuple[AgentsforBedrockClient, SSMClient]:
    return boto3.client("bedrock-agent"), boto3.client("ssm")


def handler(event: dict[str, Any], context: Context) -> None:
    """Ingest the documents that the batch announces. Raises if SQS must deliver the batch again."""
    settings = IngestionSettings.from_environment(os.environ)
    waiting = Waiting(seconds_left=lambda: context.get_remaining_time_in_millis() / 1000, sleep=time.sleep)
    gone: Exception | None = None
    for data_source_id, message_ids in messages_by_source(event["Records"], settings.data_source_id).items():
        try:
            _ingest_and_report(DataSource(settings.knowledge_base_id, data_source_id), message_ids, settings, waiting)
        # Removed; or replaced, and this invocation began before its function knew.
        except clients()[0].exceptions.ResourceNotFoundException as error:
            gone = error
    if gone:
        raise gone


def _ingest_and_report(
    source: DataSource, message_ids: list[str], settings: IngestionSettings, waiting: Waiting
) -> None:
    job: IngestionJob | None = None
    error: Exception | None = None
    try:
        job = _ingest(source, message_ids, settings, waiting)
        if not job.status.is_final:
            raise IngestionPendingError(f"ingestion job {job.job_id} is still running; SQS delivers its batch again")
    except Exception as problem:
        error = problem
        raise
    finally:
        line = log_line(
            settings,
            messages=len(message_ids),
            now=datetime.now(UTC),
            job=job,
            error=error,
        )
        print(line, file=sys.stderr, flush=True)


def _ingest(source: DataSource, message_ids: list[str], settings: IngestionSettings, waiting: Waiting) -> IngestionJob:
    agent, ssm = clients()
    job = ingest(agent, source, message_ids, waiting=waiting)
    ssm.put_parameter(
        Name=settings.result_parameter,
        Value=parameter_value(job, datetime.now(UTC)),
        Type="String",
        Overwrite=True,
    )
    return job


def messages_by_source(records: Iterable[Mapping[str, Any]], own: str) -> dict[str, list[str]]:
    """Data source -> ids of its messages.

    A deploy and a schedule name the data source: {"source": "deploy", "dataSourceId": "..."}. S3's events do not: they
    are of `own`, the bucket of the knowledge base's own documents.
    """
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(_source(record.get("body", "")) or own, []).append(record["messageId"])
    return found


def _source(body: str) -> str | None:
    try:
        message = json.loads(body)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("source") not in NAMING:
        return None
    named = message.get("dataSourceId")
    return named if isinstance(named, str) else None
