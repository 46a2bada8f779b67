"""`kit knowledge ask`: passages with scores, and the answer with what it cites."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import KnowledgePrompt
from kit.knowledge import deployed as deployments
from kit.knowledge.deployed import Deployed
from kit.knowledge.search import Part, Reply, answer_parts, arn_of, search_for
from kit_contract.errors import InputError, KitError
from tests.kit.knowledge.conftest import Knowledge
from tests.local_aws.knowledge_base import KnowledgeBase

QUESTION = "How often do I have to remove limescale?"


def test_the_answer_has_the_numbers_of_the_passages_that_it_cites(knowledge: Knowledge, base: KnowledgeBase) -> None:
    code, printed, _ = knowledge("ask", QUESTION, "--results", "2", documents=base.id)

    lines = printed.splitlines()
    assert code == 0
    assert lines[0] == "PASSAGES of documents"
    assert lines[1].split()[0] == "1"
    assert lines[1].endswith("s3://asked/documents/descaling.md")
    assert not any(line.startswith("  3") for line in lines)
    answer = " ".join(printed.partition("ANSWER of")[2].partition("SOURCES")[0].split())
    assert answer.startswith("foundation-model/amazon.nova-micro-v1:0 in ")
    assert "after a cup. [1]" in answer
    assert "  s3://asked/documents/descaling.md" in printed.partition("SOURCES")[2].splitlines()


def test_programs_get_passages_and_citations(parsed: Callable[..., Any], base: KnowledgeBase) -> None:
    found = parsed("ask", QUESTION, documents=base.id)

    first = found["passages"][0]
    assert first["source"] == "s3://asked/documents/descaling.md"
    assert 0 < first["score"] <= 1
    assert found["citations"][0]["sources"] == [first["source"]]
    assert found["citations"][0]["text"] in found["answer"]


def test_passages_only_asks_no_model(parsed: Callable[..., Any], base: KnowledgeBase) -> None:
    assert "answer" not in parsed("ask", QUESTION, "--passages-only", documents=base.id)


def test_a_filter_leaves_the_other_documents_out(parsed: Callable[..., Any], base: KnowledgeBase) -> None:
    key = "x-amz-bedrock-kb-source-uri=s3://asked/documents/warranty.md"

    found = parsed("ask", "limescale", "--filter", key, "--passages-only", documents=base.id)

    assert {passage["source"] for passage in found["passages"]} == {"s3://asked/documents/warranty.md"}


def test_a_store_that_has_no_hybrid_search_is_not_searched(knowledge: Knowledge, base: KnowledgeBase) -> None:
    code, printed, said = knowledge("ask", QUESTION, "--hybrid", "--passages-only", documents=base.id)

    assert (code, printed) == (2, "")
    assert "the store of documents (VECTOR) has no hybrid search; leave out --hybrid" in said


def test_a_managed_one_is_not_searched_for_an_answer_that_it_cannot_give(
    knowledge: Knowledge, config: DeploymentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = config.knowledge_base
    assert section
    changed = section.model_copy(update={"store": "managed"})
    monkeypatch.setattr(config, "__dict__", {**config.__dict__, "knowledge_base": changed})

    # There is no such knowledge base: a search would fail.
    code, _, said = knowledge("ask", QUESTION, documents="KBKBKBKBKB")

    assert (code, "show its passages with kit knowledge ask --passages-only" in said) == (2, True)


def test_text_that_cites_nothing_stays_between_the_parts_that_do() -> None:
    def citation(text: str, *uris: str) -> dict[str, Any]:
        references = [
            {"content": {"text": uri}, "location": {"type": "S3", "s3Location": {"uri": uri}}} for uri in uris
        ]
        return {"generatedResponsePart": {"textResponsePart": {"text": text}}, "retrievedReferences": references}

    parts = answer_parts("Well. One. Two. That is all.", [citation("One.", "a"), citation("Two.", "b", "c")])

    assert parts == (
        Part("Well. One.", (("a", "a"),)),
        Part(" Two.", (("b", "b"), ("c", "c"))),
        Part(" That is all.", ()),
    )
    assert Reply(parts, 0.1).text == "Well. One. Two. That is all."


def test_reranking_needs_a_model(connected: Callable[..., Deployed]) -> None:
    found = connected(documents="KBKBKBKBKB")

    with pytest.raises(InputError, match="set rerank_model in its section"):
        search_for(found, found.only(None), rerank=True)


def test_a_reranker_and_a_guardrail_are_in_the_request(
    connected: Callable[..., Deployed], config: DeploymentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = config.knowledge_base
    assert section
    changed = section.model_copy(update={"rerank_model": "cohere.rerank-v3-5:0", "guardrail": "polite"})
    monkeypatch.setattr(config, "__dict__", {**config.__dict__, "knowledge_base": changed})
    monkeypatch.setattr("kit.knowledge.search.stack_outputs", lambda *_: {"PoliteGuardrail": "1 gr0000000001 3"})
    found = connected(documents="KBKBKBKBKB")

    search = search_for(found, found.only(None), results=7, hybrid=True, rerank=True)

    inner = search.configuration["vectorSearchConfiguration"]
    assert (inner["numberOfResults"], inner["overrideSearchType"]) == (7, "HYBRID")
    arn = inner["rerankingConfiguration"]["bedrockRerankingConfiguration"]["modelConfiguration"]["modelArn"]
    assert arn == "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    assert search.guardrail == {"guardrailId": "gr0000000001", "guardrailVersion": "3"}


@pytest.mark.parametrize(("hybrid", "kind"), [(None, None), (False, "SEMANTIC"), (True, "HYBRID")])
def test_a_search_by_meaning_says_so_where_bedrock_would_decide(
    connected: Callable[..., Deployed], hybrid: bool | None, kind: str | None
) -> None:
    found = connected(documents="KBKBKBKBKB")

    inner = search_for(found, found.only(None), hybrid=hybrid).configuration["vectorSearchConfiguration"]

    assert inner.get("overrideSearchType") == kind


def test_a_managed_one_is_searched_as_aws_decides_and_answers_nothing(
    connected: Callable[..., Deployed], config: DeploymentConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = config.knowledge_base
    assert section
    changed = section.model_copy(update={"store": "managed"})
    monkeypatch.setattr(config, "__dict__", {**config.__dict__, "knowledge_base": changed})
    found = connected(documents="KBKBKBKBKB")

    search = search_for(found, found.only(None), filters={"equals": {"key": "a", "value": 1}})

    asked = {"numberOfResults": 5, "rerankingModelType": "NONE", "filter": {"equals": {"key": "a", "value": 1}}}
    assert search.configuration == {"managedSearchConfiguration": asked}
    with pytest.raises(InputError, match="RetrieveAndGenerate can't ask"):
        search.answer(None, "?")
    with pytest.raises(InputError, match="leave out --hybrid"):
        search_for(found, found.only(None), hybrid=True)
    with pytest.raises(InputError, match="leave out --rerank"):
        search_for(found, found.only(None), rerank=True)


def test_the_arn_of_a_profile_has_the_account(connected: Callable[..., Deployed]) -> None:
    found = connected(documents="KBKBKBKBKB")

    assert arn_of(found, "us.amazon.nova-pro-v1:0") == (
        "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-pro-v1:0"
    )


def test_of_several_knowledge_bases_one_is_chosen(knowledge: Knowledge, base: KnowledgeBase) -> None:
    code, _, said = knowledge("ask", QUESTION, documents=base.id, other="KBKBKBKBKB")
    unknown = knowledge("ask", QUESTION, "--knowledge-base", "third", documents=base.id, other="KBKBKBKBKB")[2]

    assert (code, "choose one with --knowledge-base: documents, other" in said) == (2, True)
    assert "has no knowledge base third; its knowledge bases: documents, other" in unknown


def test_a_deployment_without_any_says_so(connected: Callable[..., Deployed]) -> None:
    with pytest.raises(KitError, match=r"has no \[knowledge_base\]; add"):
        connected()


def test_a_question_has_bedrocks_length(knowledge: Knowledge, base: KnowledgeBase) -> None:
    assert "must have at most 1,000 characters, got 1,001" in knowledge("ask", "x" * 1001, documents=base.id)[2]


def test_an_empty_question_is_told_as_one(knowledge: Knowledge, base: KnowledgeBase) -> None:
    assert "the question is empty; write one" in knowledge("ask", " ", documents=base.id)[2]


def test_nothing_found_names_the_filter_that_was_given(knowledge: Knowledge, base: KnowledgeBase) -> None:
    words = ("ask", QUESTION, "--passages-only", "--filter", "language=nowhere")

    found = "no passage was found in documents whose metadata fits --filter, ask without it; kit knowledge status"
    assert found in knowledge(*words, documents=base.id)[1]


def test_the_prompt_of_the_section_is_asked_with(config: DeploymentConfig) -> None:
    assert config.knowledge_base
    section = config.knowledge_base.model_copy(update={"prompt": KnowledgePrompt(text=" $search_results$ ")})
    deployed: Any = SimpleNamespace(partition="aws", region="us-east-1")

    search = search_for(deployed, deployments.KnowledgeBase("documents", "KB", section))

    prompt = {"promptTemplate": {"textPromptTemplate": "$search_results$"}}
    assert search.answer_configuration["generationConfiguration"] == prompt
    assert "generationConfiguration" not in dataclasses.replace(search, prompt=None).answer_configuration
