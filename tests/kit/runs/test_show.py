"""`kit runs show`: a run in full, its steps read from the history."""

import json
from collections.abc import Callable
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.steps import latest_step, read_steps, steps_of
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE, TWO
from tests.kit.runs.fake_aws import FakeAws
from tests.kit.runs.histories import FAILED, POLLED, history

CAUSE = json.dumps({"JobArn": "arn:x", "Status": "Failed", "FailureMessage": "Encountered an unexpected error"})


def failed_run(aws: FakeAws) -> None:
    arn = aws.add_run(status="FAILED", error="States.TaskFailed", cause=CAUSE)
    aws.add_job(status="Failed", failureMessage="Encountered an unexpected error")
    aws.histories[arn] = FAILED
    warning = {"line": 7, "rule": "few-records", "message": "has only 3 records"}
    aws.put(ONE, "check.json", {"records": 9, "tokens": 400, "warning_count": 1, "warnings": [warning]})


def test_a_failed_run_is_explained(aws: FakeAws, runs: Runs) -> None:
    failed_run(aws)

    code, printed, _ = runs("show", "support")

    assert code == 0
    assert printed.startswith(f"support {ONE}: failed\n")
    for text in (
        "amazon.nova-micro-v1:0:128k, FINE_TUNING",
        "epochCount 2",
        "s3://the-bucket/data/support/records.jsonl",
        "9 records, about 400 tokens",
        "0 findings, 1 warning",
        "line 7: has only 3 records (few-records)",
        "why          Bedrock failed, and says to try again: Encountered an unexpected error",
        "what to do   try again: kit runs retry",
    ):
        assert text in printed
    assert [line.split()[0] for line in printed.splitlines()[-3:]] == ["STEP", "CheckData", "Train"]
    assert "done after 1 failure" in printed
    assert printed.splitlines()[-1].endswith("States.TaskFailed: no capacity")


def test_programs_get_all_of_it(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    failed_run(aws)
    aws.put(ONE, "evaluation.json", {"decision": "keep", "reason": "not better"})

    found = parsed("show", ONE[:6])

    assert found["failure"]["outside"] is True
    assert found["failure"]["message"] == "Encountered an unexpected error"
    assert found["settings"]["hyperparameters"] == {"epochCount": "2"}
    assert found["dataset"] == {"key": "data/support/records.jsonl", "sha256": "5" * 64}
    assert found["check"]["warning_count"] == 1
    assert found["job"]["failureMessage"] == "Encountered an unexpected error"
    assert [(step["name"], step["done"], step["failures"]) for step in found["steps"]] == [
        ("CheckData", True, 1),
        ("Train", False, 2),
    ]
    assert found["evaluation"]["decision"] == "keep"


def test_a_run_that_is_older_than_its_history_is_shown_from_what_is_left(aws: FakeAws, runs: Runs) -> None:
    aws.add_job(status="Failed", failureMessage="Unable to parse Amazon S3 file")

    _, printed, _ = runs("show", ONE)

    assert "its execution ended more than 90 days ago" in printed
    assert "why          Bedrock refused a record: Unable to parse Amazon S3 file" in printed
    assert "STEP" not in printed


def test_the_curves_and_the_decision_are_shown(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()
    steps = [{"step": number, "epoch": 0, "loss": 3.0 - number} for number in range(3)]
    aws.put(ONE, "metrics.json", {"steps": {"training": steps, "validation": []}})
    aws.put(ONE, "evaluation.json", {"decision": "keep", "reason": "a win by chance is no win"})

    _, printed, _ = runs("show", ONE)

    assert "result       training loss   3.000 █▅▁ 1.000 (3 steps)" in printed
    assert "evaluation   keep: a win by chance is no win" in printed


def test_a_loop_that_polls_is_one_step() -> None:
    promote, status, wait = read_steps(POLLED)

    assert (promote.name, promote.times, promote.done) == ("Promote", 1, True)
    assert (status.name, status.times, status.took.total_seconds()) == ("PromotionStatus", 2, 2)
    assert (wait.times, wait.done) == (2, False)


def test_a_history_of_many_pages_is_read_to_its_end(aws: FakeAws, stack: Deployed) -> None:
    arn = aws.add_run()
    aws.histories[arn] = FAILED

    assert [step.name for step in steps_of(stack, arn)] == ["CheckData", "Train"]
    assert aws.calls.count("GetExecutionHistory") == 8


def test_where_a_run_is_costs_one_call(aws: FakeAws, stack: Deployed) -> None:
    arn = aws.add_run(status="RUNNING")
    aws.histories[arn] = POLLED

    found = latest_step(stack.stepfunctions, arn)

    assert found is not None
    assert found.name == "WaitForPromotion"
    assert aws.calls.count("GetExecutionHistory") == 1


def test_a_step_that_waits_has_not_failed(aws: FakeAws, runs: Runs) -> None:
    """Its last error is a failure only where the execution failed of it."""
    busy = ("LambdaFunctionFailed", ("PromotionBusyError", '{"errorMessage": "sup-support is being updated"}'))
    begun = [("TaskStateEntered", "Promote"), busy, busy]
    arn = aws.add_run(status="RUNNING")
    aws.histories[arn] = history(*begun)
    _, waiting, _ = runs("show", "support")
    aws.histories[arn] = history(*begun, ("LambdaFunctionSucceeded", None), ("TaskStateExited", "Promote"))
    _, done, _ = runs("show", "support")
    aws.executions[0].update(status="FAILED", error="PromotionBusyError", cause="{}")
    aws.histories[arn] = history(*begun, ("ExecutionFailed", ("PromotionBusyError", "")))
    _, failed, _ = runs("show", "support")

    assert "waiting: sup-support is being updated" in waiting
    assert "waited 2 times" in done
    assert "failure" not in done
    assert "PromotionBusyError: sup-support is being updated" in failed


COPY: dict[str, Any] = {
    "method": "COPY",
    "hyperparameters": {},
    "job_members": {"SourceModelArn": "arn:source", "ModelKmsKeyId": "arn:key"},
}
IMPORT: dict[str, Any] = {
    "method": "IMPORT",
    "base_model": "",
    "hyperparameters": {},
    "job_members": {
        "VpcConfig": {"SubnetIds": ["subnet-1"]},
        "ModelDataSource": {"S3DataSource": {"S3Uri": "s3://m/x/"}},
    },
}


def test_a_model_from_elsewhere_is_shown_with_its_source_and_what_it_costs(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(ONE, **COPY)
    aws.add_run(TWO, **IMPORT)

    copied, imported = runs("show", ONE)[1], runs("show", TWO)[1]

    assert "settings     amazon.nova-micro-v1:0:128k, COPY\n             made from arn:source\n" in copied
    assert "cost         unknown: no price of it is known" in copied
    assert "settings     IMPORT\n             made from s3://m/x/\n" in imported
    assert "cost         an import is free" in imported


def test_what_serves_and_was_deleted_is_not_said_to_serve(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": "arn:x", "run_id": ONE})

    assert runs("show", ONE)[1].startswith(f"support {ONE}: succeeded, deleted, and support-bot still names it\n")

    aws.add_model()

    assert runs("show", ONE)[1].startswith(f"support {ONE}: succeeded, serves support-bot\n")
