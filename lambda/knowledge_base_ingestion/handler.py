"""Lambda handler of the ingestion: a batch of the upload queue -> one ingestion job, reported in the log and in SSM."""

from __future__ import annotations

import os
import sys
import time
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
    client_token,
    start_job,
    wait_for_job,
)
from knowledge_base_ingestion.ingestion_report import log_line, parameter_value

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_ssm import SSMClient


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
    message_ids = [record["messageId"] for record in event["Records"]]
    job: IngestionJob | None = None
    error: Exception | None = None
    try:
        job = _ingest(message_ids, settings, waiting)
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


def _ingest(message_ids: list[str], settings: IngestionSettings, waiting: Waiting) -> IngestionJob:
    agent, ssm = clients()
    source = DataSource(settings.knowledge_base_id, settings.data_source_id)
    started = start_job(agent, source, token=client_token(source, message_ids), waiting=waiting)
    job = wait_for_job(agent, source, started, waiting=waiting)
    ssm.put_parameter(
        Name=settings.result_parameter,
        Value=parameter_value(job, datetime.now(UTC)),
        Type="String",
        Overwrite=True,
    )
    return job
