"""Searches by meaning and by words, over the shipped documents."""

from pathlib import Path

import pytest

from tests.local_aws.conftest import Call, Client
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import make_role

DOCUMENTS = Path(__file__).resolve().parents[4] / "examples" / "support" / "documents"
# Questions that share no word with what answers them, or only a word that other documents have too.
PARAPHRASES = {
    "is it dangerous for kids": "safety.md",
    "my drink tastes sour": "grinder-settings.md",
    "can I get my money back": "returns.md",
    "the package never arrived": "shipping.md",
    "how do I save electricity": "energy-saving.pdf",
    "throwing away an old appliance": "recycling.md",
    "it will not connect to the internet": "app-pairing.md",
    "froth is not creamy": "milk-system.md",
    "update the firmware": "software-updates.md",
    "support agreement for businesses": "office-service-contract.pdf",
    "how long does the courier take": "shipping.md",
}
ONLY_MEANING = ("is it dangerous for kids", "the package never arrived", "support agreement for businesses")


@pytest.fixture(scope="module")
def base(client: Client) -> KnowledgeBase:
    made = KnowledgeBase(client, "ranked-bucket", make_role(client, "ranking", ["s3:GetObject"], "arn:aws:s3:::*/*"))
    for path in sorted(DOCUMENTS.iterdir()):
        made.put(path.name, path.read_bytes())
    made.ingest()
    return made


def found(base: KnowledgeBase, text: str, search_type: str) -> list[str]:
    results = base.retrieve(text, numberOfResults=2, overrideSearchType=search_type)
    scores = [result["score"] for result in results]
    assert all(0 <= score <= 1 for score in scores)
    assert scores == sorted(scores, reverse=True)
    return [result["location"]["s3Location"]["uri"].rpartition("/")[2] for result in results]


@pytest.mark.parametrize("search_type", ["SEMANTIC", "HYBRID"])
@pytest.mark.parametrize("question", PARAPHRASES)
def test_a_search_finds_what_a_question_means(base: KnowledgeBase, question: str, search_type: str) -> None:
    assert PARAPHRASES[question] in found(base, question, search_type)


def test_words_alone_do_not_find_it(call: Call) -> None:
    corpus = [path.read_text(encoding="utf-8") for path in sorted(DOCUMENTS.glob("*.md"))]
    titles = [path.name for path in sorted(DOCUMENTS.glob("*.md"))]

    for question in ONLY_MEANING:
        ranked = call("knowledge_bases.ranking", "by_words", corpus, question, 2)
        assert PARAPHRASES[question] not in [titles[position] for position, _ in ranked], question


def test_a_hybrid_search_finds_a_rare_word_that_has_no_meaning(base: KnowledgeBase) -> None:
    base.put("part.md", b"# Codes\nKX-7731 is the burr carrier.")
    base.put("other.md", b"# Codes\nZQ-0042 is the burr holder.")
    base.ingest()

    assert found(base, "KX-7731", "HYBRID")[0] == "part.md"
