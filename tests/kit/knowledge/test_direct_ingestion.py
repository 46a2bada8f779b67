"""Batches of documents, what a refused request means, and waiting for others."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit.knowledge import direct_ingestion
from kit.knowledge.described import Source
from kit.knowledge.direct_ingestion import Target, delete, put
from kit.knowledge.named_documents import named_documents
from kit.knowledge.put_documents import PAYLOAD_BYTES, PutDocument, batches, inline_request, payload_bytes

SOURCE = Source("DS12345678", "notes", "CUSTOM", "AVAILABLE", (), None, (), "default")


def document(name: str, size: int = 10) -> PutDocument:
    request = {"content": {"custom": {"customDocumentIdentifier": {"id": name}}}}
    return PutDocument(name, size, datetime.now(UTC), name, lambda: request)


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
    binary = payload_bytes("a.pdf", inline_request("a.pdf", b"x" * 3_000, {}))
    text = payload_bytes("a.md", inline_request("a.md", b'"' * 3_000, {}))

    assert 4_000 < binary < 4_400
    assert 6_000 < text < 6_400


def test_files_are_read_batch_by_batch(tmp_path: Path) -> None:
    """All together may be larger than the memory."""
    for number in range(20):
        (tmp_path / f"{number:02}.pdf").write_bytes(b"x" * 1_000_000)
    read = []

    class Measuring(Agent):
        def ingest_knowledge_base_documents(self, documents: Any, **given: str) -> dict[str, Any]:
            read.append(sum(len(one["content"]["custom"]["inlineContent"]["byteContent"]["data"]) for one in documents))
            return super().ingest_knowledge_base_documents(documents, **given)

    tracemalloc.start()
    found = named_documents([str(tmp_path)], kind="CUSTOM", attributes={}, s3=dict)
    held, _ = tracemalloc.get_traced_memory()
    outcomes = put(target(Measuring()), found, lambda *_: None)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [one.status for one in outcomes] == ["INDEXED"] * 20
    assert read == [4_000_000] * 5
    assert held < 1_000_000
    assert most < 10_000_000


def test_a_file_that_was_changed_or_removed_meanwhile_refuses_its_batch_only(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text("x" * 3_000_000)
    found = named_documents([str(tmp_path)], kind="CUSTOM", attributes={}, s3=dict)
    (tmp_path / "a.md").unlink()
    (tmp_path / "b.md").write_text("x" * 6_000_000)

    gone, grown, sent = put(target(Agent()), found, lambda *_: None)

    assert (gone.status, grown.status, sent.status) == ("REFUSED", "REFUSED", "INDEXED")
    assert "No such file" in gone.reason
    assert "got 6,000,000" in grown.reason


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
