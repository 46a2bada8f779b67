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
# Aurora at 0 ACU refuses the request that wakes it, and is there after some 15 seconds. Bedrock passes that on, to a
# search as ValidationException (https://github.com/aws-samples/bedrock-chat/issues/848).
RESUMING_DATABASE = "resuming after being auto-paused"
RESUME_SECONDS = 20.0
MOST_JOBS = 3  # of a batch whose database was paused
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


def ingest(
    client: AgentsforBedrockClient, source: DataSource, message_ids: Iterable[str], *, waiting: Waiting
) -> IngestionJob:
    """The last job in its final status, or in its current one if the time of the invocation is up.

    A job that failed because the database was paused has woken it: another one embeds what it left.
    """
    ids = list(message_ids)
    for number in range(MOST_JOBS):
        token = client_token(source, [*ids, *([f"resumed {number}"] if number else [])])
        started = start_job(client, source, token=token, waiting=waiting)
        job = wait_for_job(client, source, started, waiting=waiting)
        paused = any(RESUMING_DATABASE in reason for reason in job.failure_reasons)
        if not (job.status.is_final and paused and number + 1 < MOST_JOBS and _pause(waiting, RESUME_SECONDS)):
            break
    return job


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
        except client.exceptions.ValidationException as error:
            if RESUMING_DATABASE not in str(error):
                raise
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
