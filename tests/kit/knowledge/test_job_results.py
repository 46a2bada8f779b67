"""What an evaluation job is told apart by, and what is read of its results."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.knowledge.bedrock_jobs import Place, jobs_of
from kit.knowledge.cases import Case
from kit.knowledge.documents_state import documents_state
from kit.knowledge.job_results import read_results
from kit.knowledge.search import Search
from kit_contract.errors import ExternalError
from tests.kit.knowledge.jobs import JOB, JUDGE


def test_changed_documents_are_judged_anew(config: DeploymentConfig) -> None:
    def job(identifier: str, **statistics: int) -> dict[str, Any]:
        return {"ingestionJobId": identifier, "statistics": statistics}

    def state(*jobs: dict[str, Any]) -> list[str]:
        pages = SimpleNamespace(paginate=lambda **_: [{"ingestionJobSummaries": jobs}])
        deployed: Any = SimpleNamespace(agent=SimpleNamespace(get_paginator=lambda _: pages))
        description: Any = SimpleNamespace(id="KB", sources=[SimpleNamespace(id="S", kind="S3")])
        return documents_state(deployed, description)

    def stem(documents: list[str], results: int = 5) -> str:
        base: Any = SimpleNamespace(id="KB", section=None)
        search = Search(base, results)
        (found,) = jobs_of(
            *("sup", search, [Case(1, "What?", "This.")]),
            place=Place("b", "f/", "role"),
            evaluator=JUDGE,
            metrics=["context_coverage"],
            state=documents,
        )
        return found.stem

    first, nothing, second = job("1", numberOfNewDocumentsIndexed=2), job("2"), job("3", numberOfDocumentsDeleted=1)

    assert (state(), state(nothing, first), state(second, nothing, first)) == ([], ["1"], ["3"])
    assert stem(state(first)) == stem(state(nothing, first)) != stem(state(second, first))
    assert stem([], 3) != stem([], 5)


def test_changed_documents_that_were_put_are_judged_anew() -> None:
    """They leave no ingestion job."""

    def state(*days: int) -> list[str]:
        details = [
            {
                "dataSourceId": "S",
                "identifier": {"dataSourceType": "CUSTOM", "custom": {"id": f"{number}.md"}},
                "status": "INDEXED",
                "updatedAt": datetime(2026, 11, day, tzinfo=UTC),
            }
            for number, day in enumerate(days)
        ]
        pages = SimpleNamespace(paginate=lambda **_: [{"documentDetails": details}])
        deployed: Any = SimpleNamespace(agent=SimpleNamespace(get_paginator=lambda _: pages))
        description: Any = SimpleNamespace(id="KB", sources=[SimpleNamespace(id="S", kind="CUSTOM")])
        return documents_state(deployed, description)

    assert state() == []
    assert state(1, 1) == state(1, 1)
    assert len({tuple(state(*days)) for days in ((1,), (1, 1), (1, 2))}) == 3


@pytest.mark.parametrize(
    ("name", "attempt"),
    [(JOB.stem, 1), (f"{JOB.stem}-12", 12), (f"{JOB.stem}-x", None), (f"{JOB.stem}4", None), ("another", None)],
)
def test_attempts_are_told_by_their_names(name: str, attempt: int | None) -> None:
    assert JOB.attempt(name) == attempt
    assert attempt is None or JOB.name(attempt) == name


def _line(question: str, *results: dict[str, Any], **more: Any) -> bytes:
    turn = {"inputRecord": {"prompt": {"content": [{"text": question}]}}, "results": list(results), **more}
    return json.dumps({"conversationTurns": [turn]}).encode()


def test_results_are_found_by_their_questions() -> None:
    cases = [Case(1, "What?", "This."), Case(2, "Who?", "She.")]
    passages = {"retrievalResults": [{"content": {"text": "p"}, "location": {"s3Location": {"uri": "s3://b/p.md"}}}]}
    second = {"metricName": "Builtin.Faithfulness", "result": None}
    files = [
        _line("Who?", second, {"metricName": "Builtin.Refusal", "result": 0.25}, output={"text": "She."}),
        _line(
            " What? ",
            {"metricName": "Builtin.ContextCoverage", "result": 0.75},
            {"metricName": "ours", "result": 9},
            output={"retrievedResults": passages},
        ),
    ]

    what, who = read_results(files, cases, "job")

    assert (what.scores, what.passages, what.sources) == ({"context_coverage": 0.75}, ["p"], ["s3://b/p.md"])
    assert (who.scores, who.answer) == ({"faithfulness": None, "no_refusal": 0.75}, "She.")


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"no JSON",
        _line("Another?"),
        _line("What?", {"metricName": "Builtin.Correctness", "result": 7}),
        json.dumps({"conversationTurns": [{"results": []}]}).encode(),
    ],
)
def test_results_of_another_form_are_no_scores(content: bytes) -> None:
    with pytest.raises(ExternalError, match="results of job"):
        read_results([content], [Case(1, "What?", "This.")], "job")
