"""`kit knowledge evaluate`: scores against answers of known quality, several ways in one table, and thresholds."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.agents.cases import read_cases as read_agent_cases
from kit.knowledge import evaluate
from kit.knowledge.cases import read_cases
from kit.knowledge.figures import figures_of
from kit.knowledge.variants import numbers
from kit_contract.errors import InputError
from tests.kit.knowledge.conftest import EXAMPLES, Knowledge
from tests.kit.knowledge.test_scores import answered
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, faults

QUESTIONS = EXAMPLES / "questions.jsonl"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Two that the documents answer, with and without the documents' names."""
    file = tmp_path / "questions.jsonl"
    lines = [
        {
            "question": "How often do I have to remove limescale?",
            "answer": "Remove limescale every three months.",
            "documents": ["descaling.md"],
        },
        {"question": "For how many months is the pump covered?", "answer": "Registered machines have 48 months."},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    return file


def test_several_ways_stand_in_one_table(knowledge: Knowledge, base: KnowledgeBase, questions: Path) -> None:
    code, printed, _ = knowledge("evaluate", str(questions), "--results", "1,3", "--yes", documents=base.id)

    head, first, second, *rest = printed.splitlines()
    assert code == 0
    assert head.split() == ["RECALL", "PRECISION", "RANK", "GROUNDED", "F1", "SECONDS", "USD", "EACH"]
    assert first.startswith("documents: 1, semantic  1.00 ")
    assert second.startswith("documents: 3, semantic  1.00 ")
    assert "2 questions each. Mean and 95% interval" in "\n".join(rest)
    assert "documents: 3, semantic: no difference from documents: 1, semantic that chance does not explain" in rest


def test_a_judge_counts_statements_and_passages(
    parsed: Callable[..., Any], base: KnowledgeBase, questions: Path
) -> None:
    judge = ("--judge", "amazon.nova-pro-v1:0")

    (way,) = parsed("evaluate", str(questions), "--results", "2", "--yes", *judge, documents=base.id)["ways"]

    assert {"faithful", "correct"} <= set(way["metrics"])
    assert way["metrics"]["recall"]["questions"] == 2  # of the second one by the judge
    assert way["metrics"]["rank"]["questions"] == 1
    assert way["judge_usd"] > 0
    assert 0 < way["usd_each_at_least"] < 0.01


def test_a_pipeline_fails_below_its_threshold(knowledge: Knowledge, base: KnowledgeBase, questions: Path) -> None:
    common = ("evaluate", str(questions), "--yes", "--at-least", "recall=1")

    assert knowledge(*common, documents=base.id)[0] == 0
    code, _, said = knowledge(*common, "--at-least", "token_f1=0.99", documents=base.id)

    assert code == 1
    assert "documents: 5, semantic: token_f1 must be at least 0.99, got 0." in said


def test_knowledge_bases_are_compared_side_by_side(
    parsed: Callable[..., Any],
    clients: Clients,
    role: str,
    base: KnowledgeBase,
    questions: Path,
    config: DeploymentConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = KnowledgeBase(clients, "sidebyside", role)
    other.put("warranty.md", (EXAMPLES / "documents" / "warranty.md").read_bytes())
    other.ingest()
    both = property(lambda _: dict.fromkeys(("documents", "few"), config.knowledge_base))
    monkeypatch.setattr(DeploymentConfig, "all_knowledge_bases", both)
    command = ("evaluate", str(questions), "--results", "1", "--yes")

    whole, few = parsed(*command, documents=base.id, few=other.id)["ways"]

    assert [whole["name"], few["name"]] == ["documents: 1, semantic", "few: 1, semantic"]
    assert [way["metrics"]["recall"]["mean"] for way in (whole, few)] == [1.0, 0.0]


def test_what_is_no_file_of_cases_is_told_in_ten_lines(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("# A title\n" * 30, encoding="utf-8")

    for read in (read_cases, read_agent_cases):
        with pytest.raises(InputError) as raised:
            read(file)
        lines = str(raised.value).splitlines()
        assert lines[0].startswith(f"{file}:1: must be a JSON object on one line, got '# A title': ")
        assert (len(lines), lines[-1]) == (11, "and 20 more lines")


def test_what_aws_refuses_is_told_and_no_zero(
    knowledge: Knowledge, clients: Clients, base: KnowledgeBase, questions: Path
) -> None:
    with faults(clients("ssm").meta.endpoint_url, "unverified-account"):
        code, printed, _ = knowledge("evaluate", str(questions), "--yes", documents=base.id)

    assert code == 1
    assert "AWS refused line 1: ValidationException" in printed
    assert printed.splitlines()[1].split() == ["documents:", "5,", "semantic", "-", "-"]


def test_hybrid_search_needs_a_store_that_has_it(knowledge: Knowledge, base: KnowledgeBase, questions: Path) -> None:
    code, _, said = knowledge("evaluate", str(questions), "--hybrid", "--yes", documents=base.id)

    assert (code, "has no hybrid search; leave out --hybrid" in said) == (2, True)


def test_it_asks_before_it_costs(knowledge: Knowledge, base: KnowledgeBase, questions: Path) -> None:
    judge = ("--judge", "amazon.nova-pro-v1:0")

    code, _, said = knowledge("evaluate", str(questions), *judge, documents=base.id)

    assert code == 2
    assert "2 answers are billed, at least USD 0.0000" in said
    assert "and 3 calls of amazon.nova-pro-v1:0. Ask them?" in said


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("[]", "must be a JSON object"),
        ('{"question": "q"}', "question and answer must be texts"),
        ('{"question": "q", "answer": "a", "document": "x"}', "has the fields document; allowed are"),
        ('{"question": "q", "answer": "a", "documents": "x"}', "documents must be a list of names"),
        (json.dumps({"question": "q" * 1001, "answer": "a"}), "at most 1,000 characters, got 1,001"),
        ("{", "Expecting property name"),
    ],
)
def test_a_fault_of_the_file_has_its_line(line: str, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "q", "answer": "a"}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(InputError, match=f"questions.jsonl:2: .*{fault}"):
        read_cases(file)


def test_the_example_names_documents_that_exist() -> None:
    names = {name for case in read_cases(QUESTIONS) for name in case.documents}

    assert names <= {path.name for path in (EXAMPLES / "documents").iterdir()}
    assert len(read_cases(QUESTIONS)) >= 18


def test_a_threshold_that_nothing_measured_fails() -> None:
    found = figures_of("way", answered(None))

    assert evaluate.faults([found], {"recall": 0.5}) == ["way: recall must be at least 0.5, but no question has it"]


@pytest.mark.parametrize("given", ["recall", "speed=1", "recall=2", "recall=x", "correct=0.5"])
def test_a_threshold_is_a_metric_and_a_number(given: str) -> None:
    with pytest.raises(InputError, match="--at-least"):
        evaluate.thresholds([given], judged=False)


def test_numbers_of_passages_are_compared_once_each() -> None:
    assert numbers("3, 5,3") == [3, 5]
    with pytest.raises(InputError, match="such as 3,5,10, got 3-5"):
        numbers("3-5")
