"""Edge of the ingestion: a batch of the upload queue -> one ingestion job, reported in the log and in SSM."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import boto3

from kit_contract.environment import DATA_SOURCE_ID, KNOWLEDGE_BASE_ID, METRIC_NAME, METRIC_NAMESPACE, RESULT_PARAMETER
from knowledge_base_ingestion.ingestion_job import (
    DataSource,
    IngestionJob,
    IngestionPending,
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
    """What Lambda passes beside the event."""

    def get_remaining_time_in_millis(self) -> int: ...


@cache
def clients() -> tuple[AgentsforBedrockClient, SSMClient]:
    return boto3.client("bedrock-agent"), boto3.client("ssm")


def handler(event: dict[str, Any], context: Context) -> None:
    """Ingest what the batch announces. Raises when the batch is to be delivered again."""
    waiting = Waiting(seconds_left=lambda: context.get_remaining_time_in_millis() / 1000, sleep=time.sleep)
    message_ids = [record["messageId"] for record in event["Records"]]
    job: IngestionJob | None = None
    error: str | None = None
    try:
        job = _ingest(message_ids, waiting)
        if not job.status.is_final:
            raise IngestionPending(f"ingestion job {job.job_id} still runs; its batch comes back later")
    except Exception as problem:
        error = type(problem).__name__
        raise
    finally:
        line = log_line(
            namespace=os.environ[METRIC_NAMESPACE],
            metric_name=os.environ[METRIC_NAME],
            messages=len(message_ids),
            now=datetime.now(UTC),
            job=job,
            error=error,
        )
        print(line, file=sys.stderr, flush=True)


def _ingest(message_ids: list[str], waiting: Waiting) -> IngestionJob:
    agent, ssm = clients()
    source = DataSource(os.environ[KNOWLEDGE_BASE_ID], os.environ[DATA_SOURCE_ID])
    started = start_job(agent, source, token=client_token(source, message_ids), waiting=waiting)
    job = wait_for_job(agent, source, started, waiting=waiting)
    ssm.put_parameter(
        Name=os.environ[RESULT_PARAMETER],
        Value=parameter_value(job, datetime.now(UTC)),
        Type="String",
        Overwrite=True,
    )
    return job
