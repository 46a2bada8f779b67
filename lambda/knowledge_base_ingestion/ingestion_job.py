"""Starts one ingestion job, waiting while another one runs, and follows it to its end.

Lifecycle: STARTING -> IN_PROGRESS -> COMPLETE | FAILED, or STOPPING -> STOPPED if a person stops it. While a job runs,
Bedrock rejects a second one for the same data source with ConflictException.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StartIngestionJob.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kit_contract.errors import RetryLaterError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
# Time left for the report before Lambda ends the function.
RESERVE_SECONDS = 15.0


class IngestionStatus(StrEnum):
    STARTING = "STARTING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"

    @property
    def is_final(self) -> bool:
        return self in (IngestionStatus.COMPLETE, IngestionStatus.FAILED, IngestionStatus.STOPPED)


class IngestionPendingError(RetryLaterError):
    """When a job still runs at the end of this invocation: SQS delivers the batch again."""


@dataclass(frozen=True)
class IngestionJob:
    """`statistics`: Bedrock's counters, for example {"numberOfDocumentsScanned": 15}."""

    job_id: str
    status: IngestionStatus
    statistics: dict[str, int]
    failure_reasons: tuple[str, ...]


@dataclass(frozen=True)
class Waiting:
    """`seconds_left`: of this invocation. `sleep`: takes seconds."""

    seconds_left: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class DataSource:
    knowledge_base_id: str
    data_source_id: str


def client_token(source: DataSource, message_ids: Iterable[str]) -> str:
    """64 hex digits (Bedrock accepts 33 to 256 characters). A redelivered batch does not start another job."""
    content = "\n".join([source.knowledge_base_id, source.data_source_id, *sorted(message_ids)])
    return hashlib.sha256(content.encode()).hexdigest()


def start_job(client: AgentsforBedrockClient, source: DataSource, *, token: str, waiting: Waiting) -> IngestionJob:
    """Start a job that covers all uploads so far. Raises IngestionPendingError if other jobs run until time is up."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            response = client.start_ingestion_job(
                knowledgeBaseId=source.knowledge_base_id, dataSourceId=source.data_source_id, clientToken=token
            )
            return _job(dict(response["ingestionJob"]))
        # One job per data source (conflict) and few per account (quota): both end by themselves.
        except (client.exceptions.ConflictException, client.exceptions.ServiceQuotaExceededException) as error:
            if not _pause(waiting, pause):
                raise IngestionPendingError(f"no ingestion job could be started yet: {error}") from error
        pause = _longer(pause)


def wait_for_job(
    client: AgentsforBedrockClient, source: DataSource, job: IngestionJob, *, waiting: Waiting
) -> IngestionJob:
    """The job in its final status, or in its current one if the time of the invocation is up."""
    pause = FIRST_PAUSE_SECONDS
    while not job.status.is_final and _pause(waiting, pause):
        response = client.get_ingestion_job(
            knowledgeBaseId=source.knowledge_base_id, dataSourceId=source.data_source_id, ingestionJobId=job.job_id
        )
        job = _job(dict(response["ingestionJob"]))
        pause = _longer(pause)
    return job


def _pause(waiting: Waiting, seconds: float) -> bool:
    if waiting.seconds_left() < seconds + RESERVE_SECONDS:
        return False
    waiting.sleep(seconds)
    return True


def _longer(pause: float) -> float:
    return min(pause * 2, LONGEST_PAUSE_SECONDS)


def _job(raw: dict[str, Any]) -> IngestionJob:
    return IngestionJob(
        job_id=raw["ingestionJobId"],
        status=IngestionStatus(raw["status"]),
        statistics=dict(raw.get("statistics", {})),
        failure_reasons=tuple(raw.get("failureReasons", [])),
    )
