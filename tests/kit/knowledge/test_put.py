"""`kit knowledge put`, `delete` and `documents` on an embedded AWS: files, folders and objects, and what fails."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from deployment.sections.knowledge_sources import CustomSource
from kit.knowledge import direct_ingestion
from kit.knowledge.named_documents import named_documents
from kit_contract.errors import InputError
from tests.kit.knowledge.conftest import Knowledge
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(direct_ingestion, "PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(direct_ingestion, "LONGEST_PAUSE_SECONDS", 0.05)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def notes(clients: Clients, role: str, request: pytest.FixtureRequest) -> str:
    """A knowledge base with a bucket's data source and a custom one."""
    base = KnowledgeBase(clients, request.node.name.replace("_", "-")[-60:].strip("-"), role)
    clients("bedrock-agent").create_data_source(
        knowledgeBaseId=base.id, name="notes-1a2b3c4d", dataSourceConfiguration={"type": "CUSTOM"}
    )
    return str(base.id)


@pytest.fixture(scope="module")
def unused(clients: Clients, role: str) -> str:
    """As `notes`, for tests that put nothing."""
    base = KnowledgeBase(clients, "put-nothing", role)
    clients("bedrock-agent").create_data_source(
        knowledgeBaseId=base.id, name="notes-1a2b3c4d", dataSourceConfiguration={"type": "CUSTOM"}
    )
    return str(base.id)


def write(name: str, text: str, **attributes: Any) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if attributes:
        sidecar = json.dumps({"metadataAttributes": attributes})
        path.with_name(f"{path.name}.metadata.json").write_text(sidecar, encoding="utf-8")


def test_a_folder_is_put_found_and_deleted(
    knowledge: Knowledge,
    parsed: Callable[..., Any],
    clients: Clients,
    notes: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(direct_ingestion, "AT_ONCE", 1)
    for number in range(11):  # more than a request takes
        write(f"handbook/{number}.md", f"Page {number}")
    write("handbook/valve.md", "The valve opens at nine bar.", kind="part", year=2026, tags=["a", "b"])
    write("handbook/broken.pdf", "%PDF broken")

    code, _, said = knowledge("put", "handbook", "--metadata", "language=en", documents=notes)

    assert code == 1
    assert "[1/1] documents: notes-1a2b3c4d: 13 documents" in said
    assert "handbook/broken.pdf  FAILED" in said
    assert "1 FAILED, 12 INDEXED" in said
    (best,) = clients("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=notes,
        retrievalQuery={"text": "valve"},
        retrievalConfiguration={"vectorSearchConfiguration": {"filter": {"equals": {"key": "kind", "value": "part"}}}},
    )["retrievalResults"]
    held = {name: best["metadata"][name] for name in ("kind", "year", "tags", "language")}
    assert held == {"kind": "part", "year": 2026, "tags": ["a", "b"], "language": "en"}

    failed = parsed("documents", "--status", "FAILED", documents=notes)
    assert [(one["source"], one["document"]) for one in failed] == [("notes-1a2b3c4d", "handbook/broken.pdf")]
    code, shown, _ = knowledge("status", documents=notes)
    assert code == 1
    assert "none: documents are put" in shown
    assert "put them again: kit knowledge put --knowledge-base documents --source notes-1a2b3c4d PATH" in shown

    code, _, said = knowledge("delete", "handbook/", documents=notes)
    assert (code, "13 NOT_FOUND" in said) == (0, True)
    assert parsed("documents", documents=notes) == []


def test_with_changed_only_what_is_new_or_newer_is_put(knowledge: Knowledge, notes: str) -> None:
    for name in ("a.md", "b.md"):
        write(name, name)
        os.utime(name, (1_700_000_000, 1_700_000_000))
    assert knowledge("put", "a.md", "b.md", documents=notes)[0] == 0
    write("b.md", "another")
    os.utime("b.md", (4_000_000_000, 4_000_000_000))
    write("c.md", "c")

    code, _, said = knowledge("put", "a.md", "b.md", "c.md", "--changed", documents=notes)

    assert code == 0
    assert "2 documents" in said
    assert ", 1 unchanged" in said
    assert "2 INDEXED" in said
    os.utime("c.md", (1_700_000_000, 1_700_000_000))
    assert "nothing to do" in knowledge("put", "a.md", "c.md", "--changed", documents=notes)[2]


def test_objects_are_put_by_their_address(knowledge: Knowledge, clients: Clients, notes: str) -> None:
    clients("s3").create_bucket(Bucket="put-objects")
    clients("s3").put_object(Bucket="put-objects", Key="in/a.md", Body=b"A page")
    clients("s3").put_object(
        Bucket="put-objects", Key="in/a.md.metadata.json", Body=b'{"metadataAttributes": {"kind": "stored"}}'
    )

    code, out, _ = knowledge("put", "s3://put-objects/in/", "--json", documents=notes)

    assert code == 0
    assert json.loads(out) == [{"document": "s3://put-objects/in/a.md", "status": "INDEXED", "reason": ""}]
    (best,) = clients("bedrock-agent-runtime").retrieve(knowledgeBaseId=notes, retrievalQuery={"text": "page"})[
        "retrievalResults"
    ]
    assert best["metadata"]["kind"] == "stored"

    code, _, said = knowledge("put", "s3://put-objects/in/a.md", "--source", "documents", documents=notes)
    assert code == 0
    assert "warning: documents reads a bucket: its next ingestion job goes by what is there" in said


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["put", "absent.md"], "absent.md: does not exist"),
        (["put", "photo.gif"], "photo.gif: Bedrock reads .md .txt"),
        (["put", "empty.md"], "empty.md: a document must have 1 to 5,242,880 bytes, got 0"),
        (["put", "latin.md"], "latin.md: is not UTF-8"),
        (["put", "large.pdf"], "large.pdf: takes"),
        (["put", "listed.md"], "the list 'tags' has at most 10 texts, got 11"),
        (["put", "empty.md", "--metadata", "language"], "--metadata must be KEY=VALUE, got language"),
        (["put", "fine.md", "--source", "absent"], "there is no data source absent of the kind CUSTOM or S3"),
        (["put", "fine.md", "--source", "documents"], "takes objects only"),
        (["delete"], "give the ids of documents, or --all"),
        (["delete", "absent"], "there is no document absent"),
        (["sync", "--source", "notes"], "notes is custom: no job reads it"),
    ],
)
def test_what_cannot_be_put_is_said_before_anything_is_sent(
    knowledge: Knowledge, unused: str, words: list[str], fault: str
) -> None:
    write("photo.gif", "GIF")
    write("empty.md", "")
    write("fine.md", "fine")
    write("listed.md", "x", tags=[str(number) for number in range(11)])
    Path("latin.md").write_bytes("é".encode("latin-1"))
    Path("large.pdf").write_bytes(b"x" * 5_000_000)

    code, _, said = knowledge(*words, documents=unused)

    assert code == 2
    assert fault in said


def test_a_source_that_was_deleted_by_hand_is_told(
    knowledge: Knowledge, parsed: Callable[..., Any], config: DeploymentConfig, unused: str
) -> None:
    assert config.knowledge_base
    sources = {name: CustomSource(kind="custom") for name in ("notes", "gone")}
    section = config.knowledge_base.model_copy(update={"sources": sources})
    object.__setattr__(config, "knowledge_base", section)

    (found,) = parsed("status", documents=unused)

    assert found["missing_sources"] == ["gone"]
    assert not found["healthy"]
    assert "SOURCE gone is not there: kit deploy; if it was deleted by hand" in knowledge("status", documents=unused)[1]


def test_two_documents_of_one_id_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files outside the current folder are named by what is below the folder that is given."""
    write("a/same.md", "One.")
    write("b/same.md", "Another.")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    one, other = str(tmp_path / "a" / "same.md"), str(tmp_path / "b" / "same.md")

    with pytest.raises(InputError, match=r"same\.md: is the id of two different documents"):
        named_documents([one, other], kind="CUSTOM", attributes={}, s3=dict)
    assert len(named_documents([one, one], kind="CUSTOM", attributes={}, s3=dict)) == 1


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(100 * 1024**3)  # sparse
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    os.mkfifo(tmp_path / "pipe.md")

    with pytest.raises(InputError, match="got 107,374,182,400; put a larger one into a bucket"):
        named_documents(["large.md"], kind="CUSTOM", attributes={}, s3=dict)
    with pytest.raises(InputError, match="neither a file nor a folder"):
        named_documents(["pipe.md"], kind="CUSTOM", attributes={}, s3=dict)
