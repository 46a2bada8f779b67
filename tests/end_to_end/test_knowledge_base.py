"""The knowledge base that make up filled: questions find their documents, and answers cite them."""

import json

import pytest

from tests.end_to_end.deployed import PROJECT, Deployed

pytestmark = pytest.mark.end_to_end


def questions() -> list[dict[str, str]]:
    text = (PROJECT / "examples" / "support" / "questions.json").read_text(encoding="utf-8")
    return [item for item in json.loads(text) if "document" in item]


@pytest.mark.parametrize("item", questions(), ids=lambda item: item["document"])
def test_a_paraphrased_question_finds_its_document(deployed: Deployed, item: dict[str, str]) -> None:
    status, body = deployed.post("/retrieve", json.dumps({"query": item["question"], "max_results": 3}).encode())

    assert status == 200
    assert item["document"] in [passage["source"].rsplit("/", 1)[-1] for passage in body["data"]]
    assert all(0 <= passage["score"] <= 1 for passage in body["data"])


def test_an_answer_from_the_documents_cites_them(deployed: Deployed) -> None:
    question = questions()[0]

    status, body = deployed.post("/retrieve-and-generate", json.dumps({"query": question["question"]}).encode())

    assert status == 200
    assert body["answer"]
    sources = [source["source"] for citation in body["citations"] for source in citation["sources"]]
    assert any(question["document"] in source for source in sources)
