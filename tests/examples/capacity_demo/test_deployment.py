"""The files of the demo: synth accepts or refuses each stage as the demo shows; its bill reports unknown prices."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config
from deployment.datasets import prepare_datasets
from examples.capacity_demo import bill as bill_module
from examples.capacity_demo.bill import bill, bill_table, calls_table
from examples.capacity_demo.caller import Caller
from examples.capacity_demo.deployment_file import EXAMPLE, DemoDeployment, next_closing
from kit.local.stacks import Api

NOON = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)


def checked(path: Path) -> DeploymentConfig:
    config = load_deployment_config(path)
    check_deployment(config, path.name)
    return config


def test_an_unaccepted_price_is_the_only_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        checked(DemoDeployment(tmp_path).price_not_accepted())

    (fault,) = refused.value.faults
    assert "accept_hourly_cost_usd" in fault


def test_the_stages_differ_in_what_the_demo_shows(tmp_path: Path) -> None:
    files = DemoDeployment(tmp_path)

    plain, bought = checked(files.without_capacity()), checked(files.bought())
    last = checked(files.closing_at(NOON.replace(second=0)))

    assert plain.provisioned_throughput == {}
    assert bought.provisioned_throughput["support"].schedule is None
    assert bought.training == plain.training
    assert {len(prepare_datasets(config)) for config in (plain, last)} == {1}
    assert prepare_datasets(plain)["support"].specification_hash != prepare_datasets(last)["support"].specification_hash
    schedule = last.provisioned_throughput["support"].schedule
    assert schedule
    assert (schedule.start, schedule.end, len(schedule.days)) == ("11:00", "12:00", 7)


def test_the_example_itself_is_accepted() -> None:
    assert checked(EXAMPLE).provisioned_throughput["support"].accept_hourly_cost_usd == 60.5


@pytest.mark.parametrize(("lead", "minute"), [(0, 1), (29, 1), (30, 2), (31, 2), (100, 3)])
def test_a_window_closes_at_a_whole_minute_after_the_lead_time(lead: int, minute: int) -> None:
    closing = next_closing(NOON, lead=timedelta(seconds=lead))

    assert closing == NOON.replace(minute=minute, second=0)


def called() -> Caller:
    caller = Caller(Api("http://127.0.0.1:1", "key"), "bot", lambda *_: None)
    caller.answered.update({"custom-model-deployment": 2, "provisioned-throughput": 1})
    caller.models.update({"bot-a": 3})
    caller.tokens = {"custom-model-deployment": (1000, 2000)}
    caller.failures.append("503 busy")
    return caller


def test_an_unknown_price_is_reported_and_the_total_says_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bill_module, "price", _no_price)

    rows = bill_table(bill(load_deployment_config(EXAMPLE), [], called(), 3600))

    assert [row.split()[0] for row in rows] == ["60.50", "unknown", "unknown", "at"]
    assert rows[-1].strip() == "at least 60.50 USD  in total"


def _no_price(*_: Any, **__: Any) -> None:
    return None


def test_half_an_hour_of_the_throughput_is_half_the_price_of_an_hour() -> None:
    config = load_deployment_config(EXAMPLE)

    lines = bill(config, [prepare_datasets(config)], called(), 1800)

    assert [found.usd for found in lines if found.part == "provisioned throughput"] == [30.25]
    assert [found.part for found in lines] == [
        "training",
        "provisioned throughput",
        "on demand, input",
        "on demand, output",
    ]


def test_failed_calls_are_in_the_table() -> None:
    assert [row.split()[0:2] for row in calls_table(called())] == [
        ["4", "calls"],
        ["1", "failed"],
        ["2", "answered"],
        ["1", "answered"],
        ["3", "of"],
    ]
