"""The ingestion handler: AWS calls checked by botocore's model, one log line, redelivery of the batch."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from knowledge_base_ingestion import handler as edge
from knowledge_base_ingestion.ingestion_job import IngestionPendingError

NOW = datetime(2026, 11, 24, tzinfo=UTC)
EVENT = {"Records": [{"messageId": "one", "body": "SECRET"}, {"messageId": "two", "body": "SECRET"}]}
PARAMETER = "/bedrock-kit/support/knowledge-base/documents/last-ingestion"
START = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678", "clientToken": ANY}
PUT = {"Name": PARAMETER, "Value": ANY, "Type": "String", "Overwrite": True}


class Context:
    def __init__(self, milliseconds: int) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def started(status: str) -> dict[str, Any]:
    job = {
        "knowledgeBaseId": "KB12345678",
        "dataSourceId": "DS12345678",
        "ingestionJobId": "JOB1234567",
        "status": status,
        "startedAt": NOW,
        "updatedAt": NOW,
    }
    return {"ingestionJob": job}


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stubber, Stubber]]:
    for name, value in {
        "KNOWLEDGE_BASE_ID": "KB12345678",
        "DATA_SOURCE_ID": "DS12345678",
        "RESULT_PARAMETER": PARAMETER,
        "METRIC_NAMESPACE": "BedrockKit/KnowledgeBase",
        "METRIC_NAME": "support/documents",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    agent, ssm = boto3.client("bedrock-agent"), boto3.client("ssm")
    monkeypatch.setattr(edge, "clients", lambda: (agent, ssm))
    with Stubber(agent) as agent_stub, Stubber(ssm) as ssm_stub:
        yield agent_stub, ssm_stub
        agent_stub.assert_no_pending_responses()
        ssm_stub.assert_no_pending_responses()


def the_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "SECRET" not in captured.err
    lines = captured.err.splitlines()
    assert len(lines) == 1
    value: dict[str, Any] = json.loads(lines[0])
    return value


def test_a_batch_gives_one_job_one_parameter_and_one_log_line(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    stubs[0].add_response("start_ingestion_job", started("COMPLETE"), START)
    stubs[1].add_response("put_parameter", {"Version": 2}, PUT)
    edge.handler(EVENT, Context(600_000))
    line = the_line(capsys)
    assert (line["status"], line["messages"], line["error"]) == ("COMPLETE", 2, None)


def test_a_failed_job_is_reported_and_not_repeated(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    stubs[0].add_response("start_ingestion_job", started("FAILED"), START)
    stubs[1].add_response("put_parameter", {"Version": 2}, PUT)
    edge.handler(EVENT, Context(600_000))
    assert the_line(capsys)["Failures"] == 1


def test_a_job_that_outlasts_the_function_returns_the_batch_to_the_queue(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    stubs[0].add_response("start_ingestion_job", started("IN_PROGRESS"), START)
    stubs[1].add_response("put_parameter", {"Version": 2}, PUT)
    with pytest.raises(IngestionPendingError, match="JOB1234567"):
        edge.handler(EVENT, Context(1_000))
    line = the_line(capsys)
    assert (line["error"], line["Failures"], line["job_id"]) == ("IngestionPendingError", 0, "JOB1234567")


def test_a_denied_start_is_one_failure_and_returns_the_batch_to_the_queue(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    stubs[0].add_client_error("start_ingestion_job", "AccessDeniedException", expected_params=START)
    with pytest.raises(ClientError):
        edge.handler(EVENT, Context(600_000))
    line = the_line(capsys)
    assert (line["error"], line["Failures"]) == ("AccessDeniedException", 1)


def test_the_handler_creates_the_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    agent, ssm = edge.clients()
    assert (agent.meta.service_model.service_name, ssm.meta.service_model.service_name) == ("bedrock-agent", "ssm")


def test_each_data_source_of_a_batch_has_a_job(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = ["{}", '{"source": "schedule", "dataSourceId": "OTHER12345"}', '{"source": "aws.s3", "dataSourceId": "X"}']
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    stubs[0].add_response("start_ingestion_job", started("COMPLETE"), START)
    stubs[0].add_response("start_ingestion_job", started("COMPLETE"), {**START, "dataSourceId": "OTHER12345"})
    for _ in range(2):
        stubs[1].add_response("put_parameter", {"Version": 2}, PUT)

    edge.handler({"Records": records}, Context(600_000))

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["messages"] for line in lines] == [2, 1]


def test_the_second_job_waits_for_its_turn_in_the_next_delivery(stubs: tuple[Stubber, Stubber]) -> None:
    """Bedrock runs one job of a knowledge base at a time."""
    records = [
        {"messageId": "one", "body": "{}"},
        {"messageId": "two", "body": '{"source": "deploy", "dataSourceId": "OTHER12345"}'},
    ]
    stubs[0].add_response("start_ingestion_job", started("IN_PROGRESS"), START)
    stubs[1].add_response("put_parameter", {"Version": 2}, PUT)

    with pytest.raises(IngestionPendingError, match="still running"):
        edge.handler({"Records": records}, Context(10_000))


def test_a_source_that_is_gone_does_not_keep_the_others_of_its_batch_waiting(
    stubs: tuple[Stubber, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    records = [
        {"messageId": "one", "body": '{"source": "deploy", "dataSourceId": "REMOVED123"}'},
        {"messageId": "two", "body": "{}"},
    ]
    removed = {**START, "dataSourceId": "REMOVED123"}
    stubs[0].add_client_error("start_ingestion_job", "ResourceNotFoundException", expected_params=removed)
    stubs[0].add_response("start_ingestion_job", started("COMPLETE"), START)
    stubs[1].add_response("put_parameter", {"Version": 2}, PUT)

    with pytest.raises(ClientError, match="ResourceNotFoundException"):  # it may be this function that is out of date
        edge.handler({"Records": records}, Context(600_000))

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["error"], line["status"]) for line in lines] == [
        ("ResourceNotFoundException", None),
        (None, "COMPLETE"),
    ]
