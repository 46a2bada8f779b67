"""`kit knowledge status` and `sync`: failures by document, what was never ingested, and its repair."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from kit.knowledge import sync
from kit.knowledge.deployed import Deployed
from kit.knowledge.document_statuses import is_later, reason_for
from tests.kit.knowledge.conftest import Knowledge
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "PAUSE_SECONDS", 0.02)
    monkeypatch.setattr(sync, "LONGEST_PAUSE_SECONDS", 0.1)


@pytest.fixture(scope="module")
def mixed(clients: Clients, role: str) -> KnowledgeBase:
    made = KnowledgeBase(clients, "mixed", role)
    made.put("good.md", b"# Good\nThe good one is read.")
    made.put("photo.gif", b"GIF89a")
    made.put("empty.md", b"")
    made.put("broken.pdf", b"%PDF-1.4 broken")
    return made


def test_the_source_of_its_own_bucket_that_was_deleted_by_hand_is_named(
    clients: Clients, role: str, knowledge: Knowledge
) -> None:
    made = KnowledgeBase(clients, "sourceless", role)
    clients("bedrock-agent").delete_data_source(knowledgeBaseId=made.id, dataSourceId=made.source)

    code, printed, _ = knowledge("status", documents=made.id)

    assert code == 1
    assert "SOURCE documents is not there: it was deleted by hand; kit deploy makes the knowledge base anew" in printed


def test_a_source_has_its_chunking_whatever_the_length_of_its_place(knowledge: Knowledge, mixed: KnowledgeBase) -> None:
    lines = knowledge("status", documents=mixed.id)[1].splitlines()

    (source,) = [number for number, line in enumerate(lines) if "  SOURCE " in line]
    assert lines[source].endswith("; default)")
    assert lines[source + 1].startswith("    place      s3://")


def test_what_never_was_ingested_is_ingested_and_what_fails_is_named(
    knowledge: Knowledge, parsed: Callable[..., Any], mixed: KnowledgeBase
) -> None:
    code, before, _ = knowledge("status", documents=mixed.id)

    assert code == 1
    assert "job        none has run" in before
    assert "NEVER INGESTED" in before
    assert "      s3://mixed/good.md" in before.splitlines()
    assert "kit knowledge sync --knowledge-base documents --source documents" in before

    code, _, said = knowledge("sync", documents=mixed.id)

    assert code == 1
    assert "[1/1] documents: documents" in said
    assert "COMPLETE: 4 scanned, 1 new, 3 failed" in said

    (found,) = parsed("status", documents=mixed.id)
    (source,) = found["sources"]
    failures = {item["document"]: item for item in source["documents"]["failures"]}
    assert source["documents"]["by_status"] == {"INDEXED": 1, "IGNORED": 2, "FAILED": 1}
    assert "not supported" in failures["s3://mixed/photo.gif"]["reason"]
    assert "size was invalid" in failures["s3://mixed/empty.md"]["reason"]
    assert failures["s3://mixed/broken.pdf"]["reason"].startswith("Encountered error: s3://mixed/broken.pdf")
    assert source["documents"]["never"] == []
    assert source["documents"]["general"] == []
    assert source["jobs"][0]["failed"] == 3
    assert [text.partition(",")[0] for text in source["repairs"]] == [
        "repair what the reason names",
        "split files of more than 50 MB",
        "convert them to one of .txt .md .html .doc .docx .csv .xls .xlsx .pdf",
    ]


def test_a_long_reason_is_shown_whole(knowledge: Knowledge, clients: Clients, role: str) -> None:
    made = KnowledgeBase(clients, "long", role)
    made.put(f"{'a' * 250}.pdf", b"%PDF-1.4 broken")
    made.ingest()

    code, printed, _ = knowledge("status", documents=made.id)

    (line,) = [line for line in printed.splitlines() if ".pdf  FAILED  " in line]
    assert (code, line.endswith(("...", ".pdf"))) == (1, False)
    assert line.count("a" * 250) == 2  # its address, and its reason, which names it again


def test_what_is_uploaded_after_the_job_is_told(
    knowledge: Knowledge, parsed: Callable[..., Any], clients: Clients, role: str
) -> None:
    base = KnowledgeBase(clients, "late", role)
    base.put("one.md", b"# One\nThe first document.")
    assert knowledge("sync", documents=base.id)[0] == 0
    assert knowledge("status", documents=base.id)[0] == 0
    base.put("two.md", b"# Two\nThe second document.")
    base.put("two.md.metadata.json", b"{}")

    (found,) = parsed("status", documents=base.id)

    (source,) = found["sources"]
    assert (source["documents"]["never"], source["documents"]["changed"]) == (["s3://late/two.md"], [])
    assert source["repairs"] == [
        "ingest what is missing: kit knowledge sync --knowledge-base documents --source documents"
    ]


class BusyAgent:
    """Refuses the first jobs as Bedrock does while another one runs; the next one ends at once."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.tokens: list[str] = []

    def start_ingestion_job(self, **request: str) -> dict[str, Any]:
        self.tokens.append(request["clientToken"])
        if len(self.tokens) <= self.refusals:
            message = "Ongoing ingestion job OTHER found"
            raise ClientError({"Error": {"Code": "ConflictException", "Message": message}}, "StartIngestionJob")
        return {"ingestionJob": {"ingestionJobId": "OURS", "status": "COMPLETE", "statistics": {}}}


def test_a_running_job_is_waited_for(
    knowledge: Knowledge, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = BusyAgent(2)
    monkeypatch.setattr(Deployed, "agent", _with(agent, Deployed.agent))

    code, _, said = knowledge("sync", documents=base.id)

    assert code == 0
    assert said.count("another ingestion job runs; waiting for its end") == 1
    assert "COMPLETE: 0 scanned, 0 new, 0 failed" in said
    assert len(agent.tokens) == 3
    assert len(set(agent.tokens)) == 1
    assert 33 <= len(agent.tokens[0]) <= 256


def test_without_waiting_a_running_job_is_told(
    knowledge: Knowledge, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deployed, "agent", _with(BusyAgent(2), Deployed.agent))

    code, _, said = knowledge("sync", "--no-wait", documents=base.id)

    assert code == 1
    assert "no job was started: another one runs, and it may have begun before your last change (Ongoing" in said


def _with(agent: BusyAgent, real: Any) -> property:
    """The client of the deployment whose StartIngestionJob is `agent`'s."""

    def get(found: Deployed) -> Any:
        client = real.fget(found)
        client.start_ingestion_job = agent.start_ingestion_job
        return client

    return property(get)


def test_a_knowledge_base_that_is_gone_hides_no_other(knowledge: Knowledge, base: KnowledgeBase) -> None:
    code, printed, _ = knowledge("status", documents=base.id, gone="KBKBKBKBKB")

    assert code == 1
    assert "5 INDEXED" in printed
    assert "knowledge base gone (KBKBKBKBKB) does not exist any more" in printed


def test_several_sources_are_ingested_one_after_the_other(
    knowledge: Knowledge, parsed: Callable[..., Any], clients: Clients, role: str
) -> None:
    """The embedded AWS refuses a second job of a knowledge base, and what the owner's account does not have."""
    base = KnowledgeBase(clients, "several", role)
    for prefix, owner in (("en/", "000000000000"), ("theirs/", "444455556666")):
        base.put(f"{prefix}one.md", f"# {prefix}\nA document.".encode())
        place = {"bucketArn": f"arn:aws:s3:::{base.bucket}", "inclusionPrefixes": [prefix]}
        clients("bedrock-agent").create_data_source(
            knowledgeBaseId=base.id,
            name=prefix.strip("/"),
            dataSourceConfiguration={"type": "S3", "s3Configuration": {**place, "bucketOwnerAccountId": owner}},
        )

    code, _, said = knowledge("sync", documents=base.id)
    (found,) = parsed("status", documents=base.id)

    assert code == 1
    assert [source["name"] for source in found["sources"]] == ["documents", "en", "theirs"]
    assert [source["jobs"][0]["status"] for source in found["sources"]] == ["COMPLETE", "COMPLETE", "FAILED"]
    assert "of account 444455556666: the embedded AWS has one account" in said


def test_an_empty_bucket_has_nothing_to_ingest(knowledge: Knowledge, clients: Clients, role: str) -> None:
    code, printed, _ = knowledge("status", documents=KnowledgeBase(clients, "unfilled", role).id)

    assert "job        none has run" in printed
    assert "REPAIR" not in printed
    assert code == 0


def test_a_source_that_is_none_is_refused(knowledge: Knowledge, base: KnowledgeBase) -> None:
    assert "no data source other" in knowledge("sync", "--source", "other", documents=base.id)[2]


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("Ignored 2 files as their size was invalid. [Files: s3://b/a.md, s3://b/c.md].", True),
        ("Encountered error: s3://b/a.md: not a PDF", True),
        ("Could not read s3://b/a.md.", True),
        ("Could not read s3://b/a.md.bak, nor s3://b/a.mdx", False),
        ("Could not read s3://other/s3://b/a.m", False),
    ],
)
def test_a_reason_names_a_document_by_its_whole_address(reason: str, named: bool) -> None:
    assert bool(reason_for("s3://b/a.md", [reason])) is named


def test_a_change_within_the_second_of_the_start_is_none() -> None:
    begun = datetime(2026, 11, 27, 12, 0, 0, 200_000, tzinfo=UTC)
    assert not is_later(begun.replace(microsecond=900_000), begun)
    assert is_later(begun.replace(second=1, microsecond=0), begun)
