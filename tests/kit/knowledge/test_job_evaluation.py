"""`kit knowledge evaluate --bedrock-job`: Bedrock's jobs are started once, followed, stopped, and read."""

import argparse
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.knowledge import job_account, job_place
from kit.knowledge.bedrock_jobs import Place
from kit_contract.errors import ExternalError, InputError
from tests.kit.knowledge.conftest import Knowledge
from tests.kit.knowledge.jobs import JOB, JUDGE
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, faults, make_role

ACTIONS = [
    *("s3:GetObject", "s3:PutObject", "bedrock:Retrieve", "bedrock:RetrieveAndGenerate", "bedrock:InvokeModel"),
    "bedrock:InvokeModelWithResponseStream",
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
