"""`kit runs retry`: the same content again, by the starter, which knows what runs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE
from tests.kit.runs.fake_aws import FakeAws

OUTSIDE = {"status": "FAILED", "error": "Bedrock.ServiceQuotaExceededException", "cause": "10 jobs"}
INSIDE = {"status": "FAILED", "error": "TrainingDataError", "cause": json.dumps({"errorMessage": "line 3: no answer"})}
REQUEST = {"customization": "support", "key": "data/support/records.jsonl", "retry": True, "run_id": ONE}


def test_a_failure_from_outside_is_retried(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(**OUTSIDE)  # type: ignore[arg-type]
    aws.put(ONE, "check.json", {"records": 9, "tokens": 1_000_000})

    code, printed, _ = runs("retry", "support")

    assert (code, aws.invoked) == (0, [REQUEST])
    assert printed.splitlines() == [
        f"support {ONE}: attempt 2 is started; about 2.00 USD",
        f"to follow it: kit runs watch {ONE}",
    ]


def test_a_promotion_costs_nothing(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="FAILED", error="PromotionTimeout")
    aws.answer = {"started": True, "reason": "attempt 2: the model exists and is promoted", "promotes": True}

    assert "USD" not in runs("retry", "support")[1]


def test_programs_get_the_execution(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    aws.add_run(status="ABORTED")
    aws.answer |= {"execution_arn": "arn:x"}

    assert parsed("retry", ONE)["execution_arn"] == "arn:x"


def test_what_the_starter_refuses_is_told(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="ABORTED")
    aws.answer = {"started": False, "reason": "not served: job sup-support is Stopping; wait"}

    code, printed, error = runs("retry", "support")

    assert (code, printed) == (1, "")
    assert error == "nothing was started: job sup-support is Stopping; wait\n"


def test_a_failure_of_the_starter_is_told(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="ABORTED")
    aws.answer = {"errorMessage": f"run {ONE} had other data or settings", "errorType": "StartError"}

    assert runs("retry", "support")[2] == f"run {ONE} had other data or settings\n"


def test_a_failure_of_the_content_is_retried_after_a_word_only(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(**INSIDE)  # type: ignore[arg-type]

    code, _, error = runs("retry", "support")

    assert (code, aws.invoked) == (2, [])
    assert "add --yes" in error
    assert "line 3: no answer" in error
    assert runs("retry", "support", "--yes")[0] == 0
    assert aws.invoked == [REQUEST]


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_a_terminal_is_asked(aws: FakeAws, runs: Runs, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    aws.add_run(**INSIDE)  # type: ignore[arg-type]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)

    assert runs("retry", "support")[0] == code
    assert bool(aws.invoked) == (code == 0)


@pytest.mark.parametrize(("status", "fix"), [("RUNNING", "kit runs watch"), ("SUCCEEDED", "kit runs show")])
def test_only_what_failed_is_retried(aws: FakeAws, runs: Runs, status: str, fix: str) -> None:
    aws.add_run(status=status)

    code, _, error = runs("retry", "support")

    assert (code, aws.invoked) == (2, [])
    assert fix in error


def test_the_data_of_an_old_run_is_not_known(aws: FakeAws, runs: Runs) -> None:
    aws.add_job(status="Failed")

    code, _, error = runs("retry", "support")

    assert (code, aws.invoked) == (2, [])
    assert "deploy with --retry-failed" in error
