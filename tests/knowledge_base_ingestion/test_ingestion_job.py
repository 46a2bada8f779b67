"""Ingestion jobs: client tokens, waiting for another job, statuses, timeouts; calls are checked by botocore's model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from knowledge_base_ingestion.ingestion_job import (
    DataSource,
    IngestionPendingError,
    IngestionStatus,
    Waiting,
    client_token,
    ingest,
    start_job,
    wait_for_job,
)

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

SOURCE = DataSource("KB12345678", "DS12345678")
TOKEN = client_token(SOURCE, ["one", "two"])
START = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678", "clientToken": TOKEN}
GET = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678", "ingestionJobId": "JOB1234567"}
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def response(status: str, **more: object) -> dict[str, Any]:
    job = {
        "knowledgeBaseId": "KB12345678",
        "dataSourceId": "DS12345678",
        "ingestionJobId": "JOB1234567",
        "status": status,
        "startedAt": NOW,
        "updatedAt": NOW,
    }
    return {"ingestionJob": {**job, **more}}


class Clock:
    """A minute of Lambda time that only sleeping uses up."""

    def __init__(self, seconds: float = 60) -> None:
        self.left = seconds
        self.slept: list[float] = []

    def waiting(self) -> Waiting:
        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.left -= seconds

        return Waiting(seconds_left=lambda: self.left, sleep=sleep)


@pytest.fixture
def client() -> "AgentsforBedrockClient":
    client: AgentsforBedrockClient = boto3.client(
        "bedrock-agent", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    return client


@pytest.fixture
def stubber(client: "AgentsforBedrockClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_token_is_valid_and_stable_for_a_batch() -> None:
    assert 33 <= len(TOKEN) <= 256
    assert client_token(SOURCE, ["two", "one"]) == TOKEN


@pytest.mark.parametrize(
    "other", [(SOURCE, ["one"]), (SOURCE, ["one", "three"]), (DataSource("KB12345678", "DS87654321"), ["one", "two"])]
)
def test_token_differs_for_another_batch_or_data_source(other: tuple[DataSource, list[str]]) -> None:
    assert client_token(*other) != TOKEN


def test_job_is_started_once_and_polled_to_its_end(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    stubber.add_response("get_ingestion_job", response("IN_PROGRESS"), GET)
    stubber.add_response("get_ingestion_job", response("COMPLETE", statistics={"numberOfDocumentsScanned": 15}), GET)
    clock = Clock()
    job = start_job(client, SOURCE, token=TOKEN, waiting=clock.waiting())
    job = wait_for_job(client, SOURCE, job, waiting=clock.waiting())
    assert (job.job_id, job.status) == ("JOB1234567", IngestionStatus.COMPLETE)
    assert job.statistics == {"numberOfDocumentsScanned": 15}
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize("code", ["ConflictException", "ServiceQuotaExceededException"])
def test_start_waits_while_another_job_runs(client: "AgentsforBedrockClient", stubber: Stubber, code: str) -> None:
    for _ in range(3):
        stubber.add_client_error("start_ingestion_job", code, expected_params=START)
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    clock = Clock()
    assert start_job(client, SOURCE, token=TOKEN, waiting=clock.waiting()).status is IngestionStatus.STARTING
    assert clock.slept == [0.5, 1.0, 2.0]


def test_start_returns_the_batch_to_the_queue_while_other_jobs_run(
    client: "AgentsforBedrockClient", stubber: Stubber
) -> None:
    stubber.add_client_error("start_ingestion_job", "ConflictException", "an ongoing job", expected_params=START)
    with pytest.raises(IngestionPendingError, match="an ongoing job"):
        start_job(client, SOURCE, token=TOKEN, waiting=Clock(15).waiting())


def test_start_does_not_wait_after_other_errors(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_client_error("start_ingestion_job", "AccessDeniedException", expected_params=START)
    clock = Clock()
    with pytest.raises(ClientError, match="AccessDenied"):
        start_job(client, SOURCE, token=TOKEN, waiting=clock.waiting())
    assert clock.slept == []


@pytest.mark.parametrize("status", ["FAILED", "STOPPED"])
def test_failed_and_stopped_are_final(client: "AgentsforBedrockClient", stubber: Stubber, status: str) -> None:
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    stubber.add_response("get_ingestion_job", response(status, failureReasons=["no rights"]), GET)
    waiting = Clock().waiting()
    job = wait_for_job(client, SOURCE, start_job(client, SOURCE, token=TOKEN, waiting=waiting), waiting=waiting)
    assert (job.status, job.failure_reasons) == (IngestionStatus(status), ("no rights",))


def test_timeout_returns_the_job_in_its_current_status(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_response("start_ingestion_job", response("IN_PROGRESS"), START)
    waiting = Clock(15).waiting()
    job = wait_for_job(client, SOURCE, start_job(client, SOURCE, token=TOKEN, waiting=waiting), waiting=waiting)
    assert not job.status.is_final


def test_pauses_grow_to_15_seconds(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_response("start_ingestion_job", response("IN_PROGRESS"), START)
    for _ in range(7):
        stubber.add_response("get_ingestion_job", response("IN_PROGRESS"), GET)
    clock = Clock(75)
    wait_for_job(
        client,
        SOURCE,
        start_job(client, SOURCE, token=TOKEN, waiting=clock.waiting()),
        waiting=clock.waiting(),
    )
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_an_unknown_status_raises(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_response("start_ingestion_job", response("ARCHIVED"), START)
    with pytest.raises(ValueError, match="ARCHIVED"):
        start_job(client, SOURCE, token=TOKEN, waiting=Clock().waiting())


PAUSED = "The Aurora DB instance db-1 is resuming after being auto-paused. Please wait a few seconds and try again."
AGAIN = START | {"clientToken": client_token(SOURCE, ["one", "two", "resumed 1"])}


def test_a_job_that_woke_the_database_is_followed_by_another_one(
    client: "AgentsforBedrockClient", stubber: Stubber
) -> None:
    clock = Clock()
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    stubber.add_response("get_ingestion_job", response("FAILED", failureReasons=[f"Encountered error: {PAUSED}"]), GET)
    stubber.add_response("start_ingestion_job", response("STARTING", ingestionJobId="JOB7654321"), AGAIN)
    stubber.add_response("get_ingestion_job", response("COMPLETE"), GET | {"ingestionJobId": "JOB7654321"})

    job = ingest(client, SOURCE, ["one", "two"], waiting=clock.waiting())

    assert job.status is IngestionStatus.COMPLETE
    assert 20 in clock.slept  # it takes some 15 seconds


def test_another_failure_starts_nothing_more(client: "AgentsforBedrockClient", stubber: Stubber) -> None:
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    stubber.add_response("get_ingestion_job", response("FAILED", failureReasons=["Access denied"]), GET)

    assert ingest(client, SOURCE, ["one", "two"], waiting=Clock().waiting()).failure_reasons == ("Access denied",)


def test_a_database_that_never_wakes_ends_with_the_third_job(
    client: "AgentsforBedrockClient", stubber: Stubber
) -> None:
    for number in range(3):
        token = client_token(SOURCE, ["one", "two", *([f"resumed {number}"] if number else [])])
        stubber.add_response("start_ingestion_job", response("STARTING"), START | {"clientToken": token})
        stubber.add_response("get_ingestion_job", response("FAILED", failureReasons=[PAUSED]), GET)

    job = ingest(client, SOURCE, ["one", "two"], waiting=Clock(600).waiting())

    assert job.status is IngestionStatus.FAILED


def test_a_start_that_the_resuming_database_refuses_is_tried_again(
    client: "AgentsforBedrockClient", stubber: Stubber
) -> None:
    stubber.add_client_error("start_ingestion_job", "ValidationException", PAUSED, expected_params=START)
    stubber.add_response("start_ingestion_job", response("STARTING"), START)
    stubber.add_client_error("start_ingestion_job", "ValidationException", "no such field", expected_params=START)

    assert start_job(client, SOURCE, token=TOKEN, waiting=Clock().waiting()).status is IngestionStatus.STARTING
    with pytest.raises(ClientError, match="no such field"):
        start_job(client, SOURCE, token=TOKEN, waiting=Clock().waiting())
