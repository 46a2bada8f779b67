"""The tool that searches a knowledge base: what it asks Bedrock, and what the model reads."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from agent_tools import knowledge_base

FOUND = {
    "content": {"text": "Descale it every two months."},
    "location": {"type": "S3", "s3Location": {"uri": "s3://documents/descaling.md"}},
    "score": 0.9,
}


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client(
        "bedrock-agent-runtime", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    monkeypatch.setattr(knowledge_base, "client", lambda: client)
    monkeypatch.setenv("KNOWLEDGE_BASE_ID", "KB12345678")
    monkeypatch.setenv("PASSAGES", "3")
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def asked(text: str) -> dict[str, Any]:
    return {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": text},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": 3}},
    }


def test_a_managed_one_is_searched_its_own_way(bedrock: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAGED_KNOWLEDGE_BASE", "true")
    search = {"managedSearchConfiguration": {"numberOfResults": 3, "rerankingModelType": "NONE"}}
    bedrock.add_response("retrieve", {"retrievalResults": [FOUND]}, asked("How?") | {"retrievalConfiguration": search})

    assert knowledge_base.handler({"question": "How?"}, None)["passages"]


def test_a_question_gives_passages_with_their_sources(bedrock: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    bedrock.add_response("retrieve", {"retrievalResults": [FOUND, {"content": {"text": "No place"}}]}, asked("How?"))

    assert knowledge_base.handler({"question": " How? "}, None) == {
        "passages": [
            {"text": "Descale it every two months.", "source": "s3://documents/descaling.md"},
            {"text": "No place"},
        ]
    }
    assert json.loads(capsys.readouterr().err) == {"event": "found", "passages": 2}


def test_it_follows_a_knowledge_base_that_a_deploy_replaces(bedrock: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads the id once a minute; where SSM does not answer, that of its own deploy serves."""
    ssm = boto3.client("ssm", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(knowledge_base, "ssm", lambda: ssm)
    monkeypatch.setenv("KNOWLEDGE_BASE_PARAMETER", "/kit/id")
    now = 60_000.0
    monkeypatch.setattr("agent_tools.knowledge_base.time.monotonic", lambda: now)
    with Stubber(ssm) as published:
        published.add_response("get_parameter", {"Parameter": {"Value": "NEW1234567"}}, {"Name": "/kit/id"})
        for expected in ("NEW1234567", "NEW1234567"):
            bedrock.add_response("retrieve", {"retrievalResults": []}, asked("How?") | {"knowledgeBaseId": expected})
            knowledge_base.handler({"question": "How?"}, None)
        now += 60
        published.add_client_error("get_parameter", "ThrottlingException")
        bedrock.add_response("retrieve", {"retrievalResults": []}, asked("How?"))

        assert knowledge_base.handler({"question": "How?"}, None) == {"passages": []}
        published.assert_no_pending_responses()


def test_a_question_that_is_too_long_is_refused_and_never_cut(bedrock: Stubber) -> None:
    bedrock.add_response("retrieve", {"retrievalResults": []}, asked("x" * 20_000))

    assert knowledge_base.handler({"question": "x" * 20_000 + " "}, None) == {"passages": []}
    assert knowledge_base.handler({"question": "x" * 20_001}, None) == {
        "error": "question must have at most 20,000 characters, got 20,001; ask a shorter one"
    }


@pytest.mark.parametrize(
    ("location", "source"),
    [
        ({"type": "WEB", "webLocation": {"url": "https://example.com/"}}, "https://example.com/"),
        ({"type": "CUSTOM", "customDocumentLocation": {"id": "notes/a.md"}}, "notes/a.md"),
    ],
)
def test_pages_and_documents_that_were_put_have_a_source(
    bedrock: Stubber, location: dict[str, Any], source: str
) -> None:
    bedrock.add_response("retrieve", {"retrievalResults": [{**FOUND, "location": location}]}, asked("How?"))

    (passage,) = knowledge_base.handler({"question": "How?"}, None)["passages"]
    assert passage["source"] == source


@pytest.mark.parametrize("event", [{}, {"question": ""}, {"question": " "}, {"question": ["How?"]}])
def test_what_is_no_question_is_answered_without_a_search(bedrock: Stubber, event: dict[str, Any]) -> None:
    assert "question must be text" in knowledge_base.handler(event, None)["error"]
