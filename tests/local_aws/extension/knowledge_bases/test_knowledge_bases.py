"""Knowledge bases: ingestion counts, retrieved passages, citations."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, code, make_role, running

EXAMPLES = Path(__file__).resolve().parents[4] / "examples" / "support"
BUCKET = "documents-bucket"


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    names = ("Scanned", "NewDocumentsIndexed", "ModifiedDocumentsIndexed", "Deleted", "Failed")
    plain = ("numberOfDocumentsScanned", "numberOfDocumentsDeleted", "numberOfDocumentsFailed")
    statistics = job["statistics"]
    return tuple(
        statistics[f"numberOfDocuments{name}" if f"numberOfDocuments{name}" in plain else f"numberOf{name}"]
        for name in names
    )


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


@pytest.fixture(scope="module")
def role(clients: Clients) -> str:
    return make_role(clients, "knowledge", ["s3:GetObject"], "arn:aws:s3:::*/*")


@pytest.fixture(scope="module")
def base(clients: Clients, role: str) -> KnowledgeBase:
    made = KnowledgeBase(clients, BUCKET, role)
    for path in sorted((EXAMPLES / "documents").iterdir()):
        made.put(f"docs/{path.name}", path.read_bytes())
    job = made.ingest()
    assert (job["status"], job["statistics"]["numberOfDocumentsFailed"]) == ("COMPLETE", 0)
    return made


def questions() -> list[dict[str, str]]:
    text = (EXAMPLES / "questions.json").read_text(encoding="utf-8")
    return [item for item in json.loads(text) if "document" in item]


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["document"])
def test_a_paraphrased_question_finds_its_document(base: KnowledgeBase, item: dict[str, str]) -> None:
    results = base.retrieve(item["question"], numberOfResults=3)

    scores = [result["score"] for result in results]
    assert item["document"] in [result["location"]["s3Location"]["uri"].rsplit("/", 1)[1] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_an_answer_cites_the_passages_it_took_its_sentences_from(base: KnowledgeBase) -> None:
    item = questions()[0]

    found = base.clients("bedrock-agent-runtime").retrieve_and_generate(**base.request(item["question"]))

    text = found["output"]["text"]
    assert text.startswith("[mock answer by amazon.nova-micro-v1:0] ")
    assert found["sessionId"]
    sources = []
    for citation in found["citations"]:
        part = citation["generatedResponsePart"]["textResponsePart"]
        assert text[part["span"]["start"] : part["span"]["end"] + 1] == part["text"]
        sources += [reference["location"]["s3Location"]["uri"] for reference in citation["retrievedReferences"]]
    assert any(item["document"] in source for source in sources)


def test_an_answer_streams_with_its_citations(base: KnowledgeBase) -> None:
    runtime, item = base.clients("bedrock-agent-runtime"), questions()[0]
    whole = runtime.retrieve_and_generate(**base.request(item["question"]))

    streamed = runtime.retrieve_and_generate_stream(**base.request(item["question"]))
    with closing(streamed["stream"]):
        events = list(streamed["stream"])

    assert "".join(event["output"]["text"] for event in events if "output" in event) == whole["output"]["text"]
    assert [event["citation"]["citation"] for event in events if "citation" in event] == whole["citations"]
    assert streamed["sessionId"]


@pytest.mark.parametrize("operation", ["retrieve_and_generate", "retrieve_and_generate_stream"])
def test_only_bedrock_makes_session_ids(base: KnowledgeBase, operation: str) -> None:
    runtime, question = base.clients("bedrock-agent-runtime"), base.request(questions()[0]["question"])
    session = runtime.retrieve_and_generate(**question)["sessionId"]

    continued = getattr(runtime, operation)(**question, sessionId=session)
    assert continued["sessionId"] == session
    if "stream" in continued:
        continued["stream"].close()
    with pytest.raises(ClientError, match="Session with Id mine-0001 is not valid") as error:
        getattr(runtime, operation)(**question, sessionId="mine-0001")

    assert code(error) == "ValidationException"


@pytest.mark.parametrize("text", ["x" * 1001, "zzzz qqqq"])
def test_a_long_question_is_refused_and_one_without_passages_not_answered(base: KnowledgeBase, text: str) -> None:
    runtime = base.clients("bedrock-agent-runtime")
    if len(text) > 1000:
        with pytest.raises(ClientError) as error:
            runtime.retrieve_and_generate(**base.request(text))
        assert code(error) == "ValidationException"
        return

    found = runtime.retrieve_and_generate(**base.request(text))

    assert found["citations"] == []
    assert "unable" in found["output"]["text"]


def test_ingestion_counts_new_changed_deleted_and_unreadable_documents(clients: Clients, role: str) -> None:
    base = KnowledgeBase(clients, "changes-bucket", role)
    base.put("a.md", b"# Apples\nApples are red and grow on trees in the orchard.")
    base.put("b.html", b"<html><head><title>x</title></head><body><h1>Pears</h1><p>Pears &amp; figs.</p></body></html>")
    base.put("c.csv", b"fruit,colour\nbanana,yellow\n")
    base.put("d.xyz", b"what")
    base.put("a.md.metadata.json", b'{"metadataAttributes": {"kind": "tree"}}')
    first = base.ingest()
    assert counts(first) == (4, 3, 0, 0, 1)
    assert "d.xyz" in first["failureReasons"][0]
    assert first["statistics"]["numberOfMetadataDocumentsScanned"] == 1
    assert "Pears & figs." in base.retrieve("figs")[0]["content"]["text"]
    base.put("a.md", b"# Apples\nApples are green now.")
    base.put("d.xyz", b"still what")
    clients("s3").delete_object(Bucket=base.bucket, Key="c.csv")

    second = base.ingest()

    assert counts(second) == (3, 0, 1, 1, 1)
    assert "green" in base.retrieve("apples")[0]["content"]["text"]
    assert "banana" not in str(base.retrieve("banana"))
    assert [result["metadata"]["kind"] for result in base.retrieve("apples and figs", filter=kind("tree"))] == ["tree"]
    assert base.retrieve("apples", filter=kind("bush")) == []


def kind(value: str) -> dict[str, Any]:
    return {"equals": {"key": "kind", "value": value}}


def test_one_job_runs_at_a_time_and_a_token_starts_one(clients: Clients, role: str) -> None:
    base, token = KnowledgeBase(clients, "tokens-bucket", role), str(uuid.uuid4())
    job = base.start(clientToken=token)

    assert base.start(clientToken=token) == job
    with pytest.raises(ClientError) as error:
        base.start()
    assert code(error) == "ConflictException"
    agent = clients("bedrock-agent")
    agent.stop_ingestion_job(knowledgeBaseId=base.id, dataSourceId=base.source, ingestionJobId=job)
    assert base.read(job)["status"] in ("STOPPING", "STOPPED")


def test_a_role_without_the_permission_fails_the_job(clients: Clients) -> None:
    base = KnowledgeBase(clients, "denied-bucket", make_role(clients, "blind", ["s3:ListBucket"], "*"))
    base.put("a.md", b"# Secret\nNobody reads this.")

    job = base.ingest()

    assert job["status"] == "FAILED"
    assert "may not read" in job["failureReasons"][0]


def test_each_document_has_the_status_of_the_latest_ingestion(clients: Clients, role: str) -> None:
    base = KnowledgeBase(clients, "statuses-bucket", role)
    for key, body in {"a.md": b"# A\nText.", "b.png": b"x", "c.pdf": b"no PDF", "gone.md": b"# Gone"}.items():
        base.put(key, body)
    base.put("a.md.metadata.json", b'{"metadataAttributes": {"year": 2026}}')
    base.ingest()
    clients("s3").delete_object(Bucket=base.bucket, Key="gone.md")
    base.ingest()

    listed = clients("bedrock-agent").get_paginator("list_knowledge_base_documents")
    pages = listed.paginate(
        knowledgeBaseId=base.id, dataSourceId=base.source, PaginationConfig={"PageSize": 2}
    ).build_full_result()["documentDetails"]

    uris = [detail["identifier"]["s3"]["uri"].rpartition("/")[2] for detail in pages]
    assert dict(zip(uris, (detail["status"] for detail in pages), strict=True)) == {
        "a.md": "INDEXED",
        "b.png": "IGNORED",
        "c.pdf": "FAILED",
    }
    assert [detail.get("statusReason") for detail in pages] == [
        None,
        "Ignored as their file format was not supported",
        None,
    ]


def test_nothing_is_deleted_under_a_running_ingestion(clients: Clients, role: str) -> None:
    base, agent = KnowledgeBase(clients, "deletion-bucket", role), clients("bedrock-agent")
    job = base.start()

    with pytest.raises(ClientError) as of_source:
        agent.delete_data_source(knowledgeBaseId=base.id, dataSourceId=base.source)
    with pytest.raises(ClientError) as of_base:
        agent.delete_knowledge_base(knowledgeBaseId=base.id)
    while base.read(job)["status"] in ("STARTING", "IN_PROGRESS"):
        time.sleep(0.05)
    agent.delete_data_source(knowledgeBaseId=base.id, dataSourceId=base.source)
    agent.delete_knowledge_base(knowledgeBaseId=base.id)

    assert (code(of_source), code(of_base)) == ("ConflictException", "ConflictException")


def test_jobs_are_listed_in_the_order_asked_for(clients: Clients, role: str) -> None:
    base, agent = KnowledgeBase(clients, "listing-bucket", role), clients("bedrock-agent")
    ids = {"knowledgeBaseId": base.id, "dataSourceId": base.source}
    first, second = base.ingest()["ingestionJobId"], base.ingest()["ingestionJobId"]
    newest: dict[str, Any] = {"attribute": "STARTED_AT", "order": "DESCENDING"}

    both = agent.list_ingestion_jobs(**ids)["ingestionJobSummaries"]
    one = agent.list_ingestion_jobs(**ids, sortBy=newest, maxResults=1)["ingestionJobSummaries"]

    assert [job["ingestionJobId"] for job in both] == [first, second]
    assert [job["ingestionJobId"] for job in one] == [second]


@pytest.fixture(scope="module")
def guardrail(clients: Clients) -> dict[str, str]:
    bedrock = clients("bedrock")
    made: str = bedrock.create_guardrail(
        name="brands",
        blockedInputMessaging="not asked",
        blockedOutputsMessaging="not said",
        wordPolicyConfig={"wordsConfig": [{"text": "acme"}, {"text": "mock answer", "inputEnabled": False}]},
    )["guardrailId"]
    version = bedrock.create_guardrail_version(guardrailIdentifier=made)["version"]
    return {"guardrailId": made, "guardrailVersion": version}


@pytest.mark.parametrize(
    ("question", "action", "said"),
    [
        ("Is acme better?", "INTERVENED", "not asked"),
        ("How often do I descale the machine?", "INTERVENED", "not said"),
        ("qwertz", "NONE", None),  # no passage, so no answer of the mock
    ],
)
def test_a_guardrail_blocks_questions_and_answers(
    base: KnowledgeBase, guardrail: dict[str, str], question: str, action: str, said: str | None
) -> None:
    request = base.request(question)
    configuration = request["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"]
    configuration["generationConfiguration"] = {"guardrailConfiguration": guardrail}

    found = base.clients("bedrock-agent-runtime").retrieve_and_generate(**request)

    assert found["guardrailAction"] == action
    assert said is None or (found["output"]["text"], found["citations"]) == (said, [])


def test_a_blocked_query_finds_nothing(base: KnowledgeBase, guardrail: dict[str, str]) -> None:
    found = base.clients("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=base.request("x")["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"][
            "knowledgeBaseId"
        ],
        retrievalQuery={"text": "acme"},
        guardrailConfiguration=guardrail,
    )

    assert (found["guardrailAction"], found["retrievalResults"]) == ("INTERVENED", [])
