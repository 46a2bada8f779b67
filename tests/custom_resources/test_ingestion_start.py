"""The deploy asks for an ingestion through the queue; the deletion stops jobs until none has run for a while."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.ingestion_start import QUIET_SECONDS, IngestionStartResource
from tests.custom_resources.aws import event, stubbed

QUEUE = "https://sqs.us-east-1.amazonaws.com/111122223333/ingestion"
PROPERTIES = {
    "QueueUrl": QUEUE,
    "KnowledgeBaseId": "KB12345678",
    "DataSourceId": "DS12345678",
    "ContentHash": "h",
}
NOW = 1_800_000_000.0
IDS = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678"}


class Resource:
    def __init__(self) -> None:
        agent, self.agent = stubbed("bedrock-agent")
        sqs, self.sqs = stubbed("sqs")
        ssm, _ = stubbed("ssm")  # the properties of earlier releases name no parameter
        self.resource = IngestionStartResource(agent, sqs.send_message, ssm, lambda: NOW)

    def lists(self, *jobs: dict[str, Any]) -> None:
        self.agent.add_response(
            "list_ingestion_jobs",
            {"ingestionJobSummaries": list(jobs)},
            {**IDS, "sortBy": {"attribute": "STARTED_AT", "order": "DESCENDING"}, "maxResults": 1},
        )

    def describe(self) -> Phase:
        return self.resource.describe(Request.from_event(event("Delete", PROPERTIES))).phase


@pytest.fixture
def made() -> Resource:
    return Resource()


def job(status: str, *, ended: float = NOW) -> dict[str, Any]:
    moment = datetime.fromtimestamp(ended, UTC)
    return {**IDS, "ingestionJobId": "JOB1234567", "status": status, "startedAt": moment, "updatedAt": moment}


def stops(stubber: Stubber, error: str = "") -> None:
    if error:
        stubber.add_client_error("stop_ingestion_job", error)
    else:
        full = job("STOPPING")
        stubber.add_response("stop_ingestion_job", {"ingestionJob": full}, {**IDS, "ingestionJobId": "JOB1234567"})


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_it_asks_for_an_ingestion_through_the_queue(made: Resource, request_type: str) -> None:
    sent = {"QueueUrl": QUEUE, "MessageBody": json.dumps({"source": "deploy", "dataSourceId": "DS12345678"})}
    made.sqs.add_response("send_message", {"MessageId": "m"}, sent)
    request = Request.from_event(event(request_type, PROPERTIES))

    getattr(made.resource, request_type.lower())(request)

    assert made.resource.describe(request).phase is Phase.READY
    made.sqs.assert_no_pending_responses()


def test_another_data_source_is_another_resource(made: Resource) -> None:
    new = {**PROPERTIES, "DataSourceId": "DS00000000"}

    ids = [made.resource.physical_id(Request.from_event(event("Update", item))) for item in (PROPERTIES, new)]

    assert ids == ["KB12345678/DS12345678", "KB12345678/DS00000000"]


@pytest.mark.parametrize("status", ["STARTING", "IN_PROGRESS"])
def test_deletion_stops_a_running_job(made: Resource, status: str) -> None:
    made.lists(job(status))
    stops(made.agent)

    assert made.describe() is Phase.IN_PROGRESS
    made.agent.assert_no_pending_responses()


def test_a_job_that_ends_while_it_is_stopped_is_no_error(made: Resource) -> None:
    made.lists(job("IN_PROGRESS"))
    stops(made.agent, "ConflictException")

    assert made.describe() is Phase.IN_PROGRESS


@pytest.mark.parametrize(
    ("last", "phase"),
    [
        (job("STOPPING"), Phase.IN_PROGRESS),
        # A function that waited for this job may start its own one.
        (job("STOPPED", ended=NOW - QUIET_SECONDS + 1), Phase.IN_PROGRESS),
        (job("STOPPED", ended=NOW - QUIET_SECONDS), Phase.GONE),
        (job("COMPLETE", ended=NOW - QUIET_SECONDS), Phase.GONE),
        (job("FAILED", ended=NOW - QUIET_SECONDS), Phase.GONE),
    ],
)
def test_deletion_waits_until_no_job_has_run_for_a_while(made: Resource, last: dict[str, Any], phase: Phase) -> None:
    made.lists(last)

    assert made.describe() is phase


def test_deletion_without_any_job_is_done(made: Resource) -> None:
    made.lists()

    assert made.describe() is Phase.GONE


def test_deletion_tolerates_a_data_source_that_is_gone(made: Resource) -> None:
    made.agent.add_client_error("list_ingestion_jobs", "ResourceNotFoundException")

    assert made.describe() is Phase.GONE
