"""`kit knowledge evaluate --bedrock-job`: Bedrock's jobs are started once, followed, stopped, and read."""

import argparse
import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.knowledge import job_account, job_place
from kit.knowledge.bedrock_jobs import Job, Place, jobs_of
from kit.knowledge.cases import Case
from kit.knowledge.documents_state import documents_state
from kit.knowledge.job_results import read_results
from kit.knowledge.search import Search
from kit_contract.errors import ExternalError, InputError
from tests.kit.knowledge.conftest import Knowledge
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, faults, make_role

JUDGE = "amazon.nova-pro-v1:0"
ACTIONS = [
    *("s3:GetObject", "s3:PutObject", "bedrock:Retrieve", "bedrock:RetrieveAndGenerate", "bedrock:InvokeModel"),
]


@pytest.fixture(scope="module")
def job_role(clients: Clients) -> str:
    clients("s3").create_bucket(Bucket="judged")
    return make_role(clients, "jobs", ACTIONS, "*")


@pytest.fixture
def command(tmp_path: Path, job_role: str, request: pytest.FixtureRequest) -> list[str]:
    """With a folder of its own: nothing was judged there before."""
    file = tmp_path / "questions.jsonl"
    lines = [
        {"question": "How often do I have to remove limescale?", "answer": "Every three months."},
        {"question": "How long is the pump covered?", "answer": "48 months.", "documents": ["warranty.md"]},
    ]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    folder = f"s3://judged/{request.node.name}/"
    job = ["--bedrock-job", "--judge", JUDGE, "--role", job_role, "--folder", folder]
    return ["evaluate", str(file), "--results", "2", *job]


@pytest.fixture
def names(clients: Clients, request: pytest.FixtureRequest) -> Callable[[], list[tuple[str, str]]]:
    """Names and statuses of the test's jobs."""

    def listed() -> list[tuple[str, str]]:
        bedrock = clients("bedrock")
        pages = bedrock.get_paginator("list_evaluation_jobs").paginate(nameContains="kit-knowledge-")
        found = []
        for job in (item for page in pages for item in page.get("jobSummaries", [])):
            place = bedrock.get_evaluation_job(jobIdentifier=job["jobArn"])["outputDataConfig"]["s3Uri"]
            if place.endswith(f"/{request.node.name}/"):
                found.append((job["jobName"], job["status"]))
        return sorted(found)

    return listed


def test_what_was_judged_is_not_paid_for_again(
    knowledge: Knowledge,
    parsed: Callable[..., Any],
    base: KnowledgeBase,
    command: list[str],
    names: Callable[[], list[tuple[str, str]]],
) -> None:
    code, printed, said = knowledge(*command, documents=base.id)
    assert (code, names()) == (2, [])
    assert "2 evaluation jobs with 2 questions each are billed, about USD 0.0" in said

    code, printed, _ = knowledge(*command, "--yes", "--at-least", "context_coverage=0.1", documents=base.id)
    first = names()
    assert code == 0
    assert [status for _, status in first] == ["Completed"] * 2
    assert {"RECALL", "CORRECTNESS", "CITATION_COVERAGE", "CONTEXT_RELEVANCE"} <= {
        line.split()[0] for line in printed.splitlines() if line
    }

    # Without a terminal and --yes: nothing has to start.
    (way,) = parsed(*command, documents=base.id)["ways"]
    assert names() == first
    assert way["metrics"]["correctness"]["questions"] == 2
    assert way["search_seconds"] is None
    assert way["answers"][0]["answer"]
    assert knowledge(*command, "--at-least", "correctness=1", documents=base.id)[0] == 1


def test_a_failed_job_is_started_again_with_another_name(
    knowledge: Knowledge,
    clients: Clients,
    base: KnowledgeBase,
    command: list[str],
    names: Callable[[], list[tuple[str, str]]],
) -> None:
    only = (*command, "--metrics", "context_coverage", "--yes")
    with faults(clients("ssm").meta.endpoint_url, "failing-evaluations"):
        code, _, said = knowledge(*only, documents=base.id)

    assert code != 0
    assert "is Failed: Encountered throttling exception" in said
    assert knowledge(*only, documents=base.id)[0] == 0
    (first, failed), (second, done) = names()
    assert (second, failed, done) == (f"{first}-2", "Failed", "Completed")


def test_an_interrupted_evaluation_is_followed_or_stopped(
    knowledge: Knowledge,
    base: KnowledgeBase,
    command: list[str],
    names: Callable[[], list[tuple[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    only = (*command, "--metrics", "correctness")
    with monkeypatch.context() as patched:
        patched.setattr("kit.knowledge.job_evaluation.follow", interrupted)
        code, _, said = knowledge(*only, "--yes", documents=base.id)
    stopped, printed, _ = knowledge(*only, "--stop", documents=base.id)

    ((name, status),) = names()
    assert "the jobs go on at AWS: the same command follows them" in said
    assert (code, stopped) == (130, 0)
    # It may have ended before it could be stopped.
    assert (printed.strip(), status) in (
        *((f"stopping {name}", word) for word in ("Stopping", "Stopped")),
        ("no job of these questions runs", "Completed"),
    )


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


JOB = Job("sup", "kit-knowledge-search-0123", Place("b", "f/", "role"), JUDGE, ("context_coverage",), {}, b"")


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


def _options(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"role": None, "folder": None, "judge": None} | given)


def test_role_and_bucket_are_those_of_the_stack(config: DeploymentConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.knowledge_base
    section = config.knowledge_base.model_copy(update={"evaluation": SimpleNamespace(evaluator_model=JUDGE)})
    deployed: Any = SimpleNamespace(name="sup", config=config, client=lambda _: None)
    base: Any = SimpleNamespace(name="documents", section=section)
    outputs = {"EvaluationRoleArn": "arn", "DocumentsBucket": "bucket"}
    monkeypatch.setattr(job_place, "stack_outputs", lambda *_: outputs)

    assert job_place.place_of(deployed, base, _options()) == Place("bucket", "evaluations/", "arn")
    assert job_place.evaluator_of(base, _options()) == JUDGE
    with pytest.raises(InputError, match=r"may ask amazon\.nova-pro-v1:0 only"):
        job_place.evaluator_of(base, _options(judge="amazon.nova-lite-v1:0"))
    outputs.clear()
    with pytest.raises(ExternalError, match="deploy it: kit deploy"):
        job_place.place_of(deployed, base, _options())
    base.section = config.knowledge_base
    with pytest.raises(InputError, match=r"add \.evaluation with an evaluator_model"):
        job_place.place_of(deployed, base, _options(role="arn"))
    with pytest.raises(InputError, match="no model judges"):
        job_place.evaluator_of(base, _options())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--again"], "--again is of evaluation jobs; add --bedrock-job"),
        (["--bedrock-job", "--metrics", "recall"], "--metrics must be some of context_relevance"),
        (["--at-least", "correctness=1"], "those of evaluation jobs need --bedrock-job"),
        (["--bedrock-job", "--at-least", "faithful=1"], "METRIC must be one of recall"),
        (["--bedrock-job", "--judge", JUDGE, "--role", "arn", "--folder", "judged"], "--folder must be s3://bucket"),
    ],
)
def test_arguments_that_do_not_fit(
    knowledge: Knowledge, base: KnowledgeBase, command: list[str], words: list[str], message: str
) -> None:
    code, _, said = knowledge(*command[:2], *words, documents=base.id)

    assert (code, message in said) == (2, True), said


def test_a_job_that_lost_its_results_is_told(clients: Clients, job_role: str) -> None:
    lost = dataclasses.replace(JOB, place=Place("judged", "nowhere/", job_role))

    with pytest.raises(ExternalError, match="--again has it judged anew"):
        job_account.output_of(job_account.Found(lost, "lost", "Completed"), clients("s3"))


def test_only_what_runs_is_stopped() -> None:
    calls: list[str] = []
    bedrock = SimpleNamespace(stop_evaluation_job=lambda jobIdentifier: calls.append(jobIdentifier))
    found = [job_account.Found(JOB, status, status, status) for status in ("InProgress", "Completed", "")]

    assert (job_account.stop(found, bedrock), calls) == (["InProgress"], ["InProgress"])


def test_a_saved_evaluation_stands_beside_a_later_one(
    knowledge: Knowledge, base: KnowledgeBase, command: list[str], tmp_path: Path
) -> None:
    saved = tmp_path / "before.json"
    plain = [*command[:2], "--yes", "--at-least", "rank=0.1"]
    assert knowledge(*plain, "--results", "1", "--save", str(saved), documents=base.id)[0] == 0

    code, printed, _ = knowledge(*plain, "--results", "3", "--compare", str(saved), documents=base.id)

    assert code == 0
    assert printed.splitlines()[2].startswith("before: documents: 1, semantic")
    assert "before: documents: 1, semantic: no difference from documents: 3, semantic" in printed
    (tmp_path / "questions.jsonl").write_text('{"question": "Other?", "answer": "Yes."}', encoding="utf-8")
    code, _, said = knowledge(*plain, "--compare", str(saved), documents=base.id)
    assert (code, "has other questions" in said) == (2, True)
