"""`kit runs list`: executions, jobs, models and what serves, brought together by customization and run."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kit.runs.deployed import Deployed
from kit.runs.lookup import all_runs
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import NOVA, ONE, TWO
from tests.kit.runs.fake_account import SPECIFICATION as SETTINGS
from tests.kit.runs.fake_aws import FakeAws, Refused
from tests.kit.runs.histories import history

THREE = "00112233445566aa"


def test_a_run_is_listed_with_everything_that_is_known_of_it(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    execution, job, model = aws.add_run(), aws.add_job(), aws.add_model()
    aws.put(ONE, "check.json", {"records": 152, "tokens": 1_000_000})
    aws.set_parameter("customizations/support", SETTINGS)
    aws.set_parameter("customizations/support/promoted", {"custom_model_arn": model})
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": "arn:x", "run_id": ONE})

    (found,) = parsed("list")

    assert [item["execution_arn"] for item in found["attempts"]] == [execution]
    assert (found["customization"], found["run_id"], found["status"]) == ("support", ONE, "succeeded")
    assert (found["records"], found["tokens"], found["base_model"]) == (152, 1_000_000, NOVA)
    assert (found["job_arns"], found["custom_model_arn"]) == ([job], model)
    assert (found["serves"], found["promoted"], found["canary"]) == (["support-bot"], True, None)
    assert found["usd"] == pytest.approx(2.0)  # 2 epochs at 0.001 USD for 1,000 tokens
    assert found["usd_is_whole"] is True


def test_a_table_has_the_newest_first_and_the_reason_below_a_failure(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(ago=timedelta(days=2))
    aws.add_run(TWO, status="FAILED", error="TrainingDataError", cause='{"errorMessage": "line 3: no\\n answer"}')
    aws.put(TWO, "check.json", {"records": 3, "tokens": 70})

    code, printed, _ = runs("list")

    lines = printed.splitlines()
    assert code == 0
    assert [line.split()[:4] for line in lines[1:2] + lines[3:4]] == [
        ["support", TWO, "1", "failed"],
        ["support", ONE, "1", "succeeded"],
    ]
    assert lines[2] == "    TrainingDataError: line 3: no answer"
    assert "1 h 30 min" in lines[1]
    assert max(map(len, lines)) <= 120


def test_without_an_action_the_list_is_shown(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()

    assert runs()[1] == runs("list")[1]


def test_a_run_of_which_the_executions_are_gone_is_known_by_its_job(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    """Step Functions keeps an execution for 90 days after its end."""
    aws.add_job(status="Failed")

    (found,) = parsed("list")

    assert (found["status"], found["attempts"], found["method"]) == ("failed", [], "FINE_TUNING")
    assert (found["usd"], found["usd_is_whole"]) == (None, False)


def test_attempts_and_jobs_of_one_run_are_one_row(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    aws.add_run(status="FAILED", ago=timedelta(hours=9))
    aws.add_run(attempt=2, status="RUNNING")
    aws.add_job(status="Failed")
    aws.add_job(attempt="-2", status="InProgress")

    (found,) = parsed("list")

    assert [item["status"] for item in found["attempts"]] == ["FAILED", "RUNNING"]
    assert (found["status"], len(found["job_arns"])) == ("running", 2)


def test_the_newest_are_shown_and_only_those_are_looked_at(aws: FakeAws, runs: Runs) -> None:
    """Pages of two: all are read, by one call each, and what is not shown costs no call of its own."""
    for number in range(9):
        aws.add_run(f"{number:016x}", ago=timedelta(hours=number + 1))

    _, printed, _ = runs("list", "--limit", "2")

    assert [line.split()[1] for line in printed.splitlines()[1:3]] == ["0" * 16, "0" * 15 + "1"]
    assert "2 of 9 runs; all of them: kit runs list --limit 9" in printed
    assert aws.calls.count("ListExecutions") == 5
    assert aws.calls.count("DescribeExecution") == aws.calls.count("GetObject") == 2


def test_one_customization_may_be_asked_for_before_or_after_the_action(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()
    aws.add_run(TWO, customization="support-eu")

    for words in (("list", "--customization", "support-eu"), ("--customization", "support-eu", "list")):
        assert [line.split()[1] for line in runs(*words)[1].splitlines() if line.startswith("support")] == [TWO]


@pytest.mark.parametrize(
    ("owner", "tagged", "found"),
    [
        ("sup-support", "", ["support"]),
        ("sup.support-eu", "", ["support-eu"]),
        ("sup-support-eu", "sup", ["support-eu"]),  # a release up to 0.1.0, or the deployment sup-support
        ("sup-support-eu", "sup-support", []),
        ("supper-support", "sup", []),
        ("other", "sup", []),
    ],
)
def test_jobs_of_other_deployments_are_not_ours(
    aws: FakeAws, stack: Deployed, owner: str, tagged: str, found: list[str]
) -> None:
    aws.tags[aws.add_job(owner=owner)] = tagged

    assert [run.customization for run in all_runs(stack)] == found


@pytest.mark.parametrize(("tagged", "jobs"), [("sup", 1), ("sup-support", 0)])
def test_a_job_in_the_words_of_an_earlier_release_is_looked_at(
    aws: FakeAws, stack: Deployed, tagged: str, jobs: int
) -> None:
    """Then `sup-support-eu` was the name of `support-eu` in `sup` and of `eu` in `sup-support`."""
    aws.add_run(customization="support-eu")
    aws.tags[aws.add_job(owner="sup-support-eu")] = tagged

    assert [len(run.jobs) for run in all_runs(stack)] == [jobs]


def test_an_execution_that_ends_to_exist_is_no_end_of_the_list(aws: FakeAws, runs: Runs) -> None:
    def gone() -> None:
        raise Refused("ExecutionDoesNotExist", "Execution Does Not Exist", 400)

    aws.add_run()
    aws.before["DescribeExecution"] = gone

    assert "succeeded" in runs("list")[1]


def test_only_names_that_may_be_anothers_cost_a_look_at_tags(aws: FakeAws, stack: Deployed) -> None:
    aws.add_run()
    for owner in ("sup-support", "sup-sales", "sup.support-eu"):
        aws.add_job(owner=owner)
        aws.add_model(THREE, owner=owner.replace(".", "_"))

    assert len(all_runs(stack)) == 6
    assert "ListTagsForResource" not in aws.calls


def test_a_renamed_customization_serves_with_the_model_of_its_old_name(aws: FakeAws, stack: Deployed) -> None:
    model = aws.add_model()
    aws.add_run(ago=timedelta(days=3))
    aws.add_run(customization="help")
    aws.set_parameter("customizations/help", SETTINGS | {"customization": "help"})
    aws.set_parameter("customizations/help/promoted", {"custom_model_arn": model})
    aws.set_parameter("aliases/support-bot/serving", {"target_arn": "arn:x", "run_id": ONE})

    help_run, support = all_runs(stack)

    assert (help_run.customization, help_run.model_state) == ("help", "serves support-bot")
    assert (support.model, support.model_state) == (help_run.model, "kept")


@pytest.mark.parametrize(
    ("prepare", "state"),
    [
        (lambda aws: aws.add_model(), "kept"),
        (lambda aws: aws.add_job(), "deleted"),
        (lambda aws: None, ""),
        (
            lambda aws: aws.set_parameter("customizations/support/promoted", {"custom_model_arn": aws.add_model()}),
            "promoted",
        ),
        (
            lambda aws: aws.set_parameter(
                "aliases/support-bot/serving", {"run_id": TWO, "canary": {"run_id": ONE, "weight": 10}}
            ),
            "canary 10 % of support-bot",
        ),
    ],
)
def test_what_became_of_the_model(
    aws: FakeAws, stack: Deployed, prepare: Callable[[FakeAws], object], state: str
) -> None:
    aws.add_run()
    prepare(aws)

    assert [run.model_state for run in all_runs(stack)] == [state]


def test_an_unreadable_parameter_is_no_end_of_the_list(aws: FakeAws, stack: Deployed) -> None:
    aws.add_run()
    aws.parameters["/bedrock-kit/sup/aliases/support-bot/serving"] = "not JSON"

    assert [run.model_state for run in all_runs(stack)] == [""]


def test_there_are_no_runs_yet(runs: Runs) -> None:
    assert runs("list")[1].startswith("no runs yet")


@pytest.mark.parametrize("limit", ["0", "-1", "many", "10001"])
def test_a_limit_is_a_number(runs: Runs, limit: str) -> None:
    with pytest.raises(SystemExit):
        runs("list", "--limit", limit)


def test_a_run_that_waits_for_a_person_says_so_with_the_command(
    aws: FakeAws, runs: Runs, parsed: Callable[..., Any]
) -> None:
    arn = aws.add_run(status="RUNNING", evaluation={"between": "approve"})
    aws.add_model()
    aws.histories[arn] = history(("TaskStateEntered", "RequestApproval"), ("TaskSubmitted", None))

    _, printed, _ = runs("list")
    (found,) = parsed("list")

    assert f"{ONE}    1  waiting for approval" in printed
    assert "candidate" in printed
    assert f"    to decide: kit runs approve {ONE}" in printed
    assert (found["status"], found["waits_for_approval"]) == ("running", True)


def test_what_a_copy_costs_is_unknown_and_an_import_is_free(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    aws.add_run(ONE, method="COPY")
    aws.add_run(TWO, method="IMPORT", base_model="")

    assert {item["run_id"]: (item["usd"], item["usd_is_whole"]) for item in parsed("list")} == {
        ONE: (None, True),
        TWO: (0.0, True),
    }
