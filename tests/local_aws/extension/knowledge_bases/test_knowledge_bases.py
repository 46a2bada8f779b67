"""Knowledge bases: retrieved passages, answers with citations, guardrails."""

import json
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


def test_half_a_character_is_no_failure(base: KnowledgeBase) -> None:
    assert base.retrieve("descale \ud83d")


def test_a_prompt_template_decides_on_citations(base: KnowledgeBase) -> None:
    runtime, request = base.clients("bedrock-agent-runtime"), base.request(questions()[0]["question"])
    asked = request["retrieveAndGenerateConfiguration"]["knowledgeBaseConfiguration"]

    def answered(template: str) -> dict[str, Any]:
        asked["generationConfiguration"] = {"promptTemplate": {"textPromptTemplate": template}}
        found: dict[str, Any] = runtime.retrieve_and_generate(**request)
        return found

    cited, silent = answered("$search_results$ $output_format_instructions$"), answered("$search_results$")
    assert cited["output"] == silent["output"]
    assert cited["citations"]
    assert silent["citations"] == []
    for refused, message in (("No passages", "must include"), ("$search_results$" * 251, "1 to 4000 characters")):
        with pytest.raises(ClientError, match=f"ValidationException.*{message}"):
            answered(refused)


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
