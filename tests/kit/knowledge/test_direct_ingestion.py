"""Batches of documents, what a refused request means, and waiting for others."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit.knowledge import direct_ingestion
from kit.knowledge.described import Source
from kit.knowledge.direct_ingestion import Target, delete, put
from kit.knowledge.put_documents import PAYLOAD_BYTES, PutDocument, batches, inline_document

SOURCE = Source("DS12345678", "notes", "CUSTOM", "AVAILABLE", (), None, (), "default")


def document(name: str, size: int = 10) -> PutDocument:
    return PutDocument(
        name, {"content": {"custom": {"customDocumentIdentifier": {"id": name}}}}, size, datetime.now(UTC)
    )


class Agent:
    """`refused`: raised by the requests, in their order; None is a request that Bedrock takes."""

    def __init__(self, *refused: str | None) -> None:
        self._refused = list(refused)
        self.sent: list[list[str]] = []

    def ingest_knowledge_base_documents(self, documents: Any, **_: str) -> dict[str, Any]:
        names = [one["content"]["custom"]["customDocumentIdentifier"]["id"] for one in documents]
        if self._refused and (code := self._refused.pop(0)):
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "IngestKnowledgeBaseDocuments")
        self.sent.append(names)
        return {"documentDetails": [self._detail(name, "STARTING") for name in names]}

    def get_knowledge_base_documents(self, documentIdentifiers: Any, **_: str) -> dict[str, Any]:
        return {"documentDetails": [self._detail(one["custom"]["id"], "INDEXED") for one in documentIdentifiers]}

    def _detail(self, name: str, status: str) -> dict[str, Any]:
        return {"identifier": {"custom": {"id": name}}, "status": status}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct_ingestion, "PAUSE_SECONDS", 0.0)


def target(agent: Agent) -> Target:
    class Connected:
        def __init__(self) -> None:
            self.agent = agent

    connected: Any = Connected()
    return Target(connected, "KB12345678", SOURCE)


def test_a_request_has_ten_documents_and_six_megabytes_at_most() -> None:
    many = [document(str(number)) for number in range(21)]
    large = [document(str(number), PAYLOAD_BYTES // 2 + 1) for number in range(3)]

    assert [len(batch) for batch in batches(many)] == [10, 10, 1]
    assert [len(batch) for batch in batches(large)] == [1, 1, 1]
    assert list(batches([])) == []


def test_bytes_count_as_base64_and_text_as_json() -> None:
    binary = inline_document("a.pdf", b"x" * 3_000, {}, datetime.now(UTC))
    text = inline_document("a.md", b'"' * 3_000, {}, datetime.now(UTC))

    assert 4_000 < binary.size < 4_400
    assert 6_000 < text.size < 6_400


def test_a_request_that_bedrock_finds_invalid_fails_its_own_documents_only() -> None:
    agent = Agent("ValidationException", None)

    outcomes = put(target(agent), [document(str(number)) for number in range(11)], lambda *_: None)

    assert [(one.status, one.reason) for one in outcomes] == [("REFUSED", "no")] * 10 + [("INDEXED", "")]


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "ThrottlingException"])
def test_a_request_beyond_a_limit_is_sent_again(code: str) -> None:
    agent, said = Agent(code, code, None), list[str]()

    outcomes = put(target(agent), [document("a")], lambda _, text: said.append(text))

    assert [one.status for one in outcomes] == ["INDEXED"]
    assert agent.sent == [["a"]]
    assert said[0] == "0 of 1 done, waiting: others use the account's limit"


def test_other_errors_end_it() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        put(target(Agent("AccessDeniedException")), [document("a")], lambda *_: None)


def test_nothing_to_delete_asks_nothing() -> None:
    assert delete(target(Agent()), [], lambda *_: None) == []
