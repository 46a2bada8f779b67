"""`kit runs compare`: only settings that differ, and the results of all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import ONE, TWO
from tests.kit.runs.fake_aws import FakeAws


def two_runs(aws: FakeAws) -> None:
    aws.add_run(ago=timedelta(days=1))
    aws.add_run(TWO, hyperparameters={"epochCount": "3"}, role_arn="arn:other")
    for run, loss, tokens in ((ONE, 0.5, 1000), (TWO, 0.25, 1000)):
        aws.add_job(run)
        aws.put(run, "check.json", {"records": 10, "tokens": tokens})
        aws.put(run, "metrics.json", {"steps": {"training": [{"step": 1, "epoch": 0, "loss": loss}]}})
    aws.put(TWO, "evaluation.json", {"decision": "promote", "metrics": {"exact": {"candidate": {"mean": 0.75}}}})


def test_only_what_differs_of_the_settings_is_shown(aws: FakeAws, runs: Runs) -> None:
    two_runs(aws)

    code, printed, _ = runs("compare", ONE, TWO)

    lines = [line.split() for line in printed.splitlines()]
    assert code == 0
    assert lines[0][-4:] == ["support", ONE[:8], "support", TWO[:8]]
    assert lines[1] == ["hyperparameters.epochCount", "2", "3"]
    assert lines[2] == []
    assert "role_arn" not in printed
    assert ["final", "training", "loss", "0.5000", "0.2500"] in lines
    assert ["evaluation", "exact", "-", "0.75"] in lines
    assert ["USD", "0.002000", "0.003000"] in lines


def test_programs_get_all_settings(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    two_runs(aws)

    first, second = parsed("compare", ONE, TWO)

    assert first["settings"]["dataset_sha256"] == "5" * 64
    assert (first["settings"]["hyperparameters.epochCount"], second["run_id"]) == ("2", TWO)
    assert second["results"]["evaluation"] == "promote"


def test_the_same_settings_are_told(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()
    aws.add_run(TWO)

    assert "  none\n" in runs("compare", ONE, TWO)[1]


def test_a_run_without_an_execution_is_compared_by_its_metrics(aws: FakeAws, parsed: Callable[..., Any]) -> None:
    aws.add_run()
    aws.add_job(TWO)
    aws.put(TWO, "metrics.json", {"hyperparameters": {"epochCount": "5"}, "dataset": {"key": "data/support/b.jsonl"}})

    _, old = parsed("compare", ONE, TWO)

    assert old["settings"] == {
        "base_model": "amazon.nova-micro-v1:0:128k",
        "method": "FINE_TUNING",
        "hyperparameters.epochCount": "5",
        "dataset": "data/support/b.jsonl",
        "records": "-",
        "tokens": "-",
    }


def test_one_run_is_nothing_to_compare(aws: FakeAws, runs: Runs) -> None:
    aws.add_run()

    code, _, error = runs("compare", ONE, "support")

    assert code == 2
    assert "takes two different runs or more, got 1" in error


def test_a_run_that_was_rolled_back_to_has_the_settings_it_was_trained_with(
    aws: FakeAws, parsed: Callable[..., Any]
) -> None:
    two_runs(aws)
    for attempt in (2, 3):
        aws.add_run(attempt=attempt, ago=timedelta(hours=1), hyperparameters={"epochCount": "3"}, chosen="rollback")

    first, second = parsed("compare", ONE, TWO)

    assert first["settings"]["hyperparameters.epochCount"] == "2"
    assert first["settings"]["dataset"] == "data/support/records.jsonl"
    assert first["results"]["USD"] == "0.002000"
    assert second["settings"]["hyperparameters.epochCount"] == "3"


def test_settings_of_a_choice_are_not_those_of_a_run_whose_training_is_forgotten(
    aws: FakeAws, parsed: Callable[..., Any]
) -> None:
    two_runs(aws)
    aws.executions = [item for item in aws.executions if TWO in item["name"]]
    aws.add_run(attempt=2, ago=timedelta(hours=1), hyperparameters={"epochCount": "3"}, chosen="rollback")
    aws.put(ONE, "metrics.json", {"hyperparameters": {"epochCount": "2"}})

    first, _ = parsed("compare", ONE, TWO)

    assert first["settings"]["hyperparameters.epochCount"] == "2"
