"""`kit capacity migrate`: when there is nothing to change, then the plan and its prices; starts only with --yes."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from deployment.config import ConfigError
from kit.capacity.migrate import migrate
from kit_contract.errors import KitError

TOML = """
[deployment]
name = "sup"
region = "us-east-1"

[provisioned_throughput.nova]
model = "amazon.nova-micro-v1:0:128k"
model_units = 2
accept_hourly_cost_usd = 1000000.0
accept_unknown_price = true
"""
REPORT: dict[str, Any] = {
    "name": "sup-nova",
    "status": "InService",
    "model_units": 1,
    "commitment": None,
    "committed_until": None,
    "accepted_usd_per_hour": 100.0,
}
STEP = {"name": "sup-nova", "status": "InService", "wanted": "bought", "why": "x", "until": None, "settled": False}


class Function:
    """Replaces CapacityFunction, which is tested in test_command.py."""

    def __init__(self, **report: Any) -> None:
        self.report = REPORT | report
        self.decided: list[dict[str, Any]] = []

    def full_name(self, name: str) -> str:
        return f"sup-{name}"

    def ask(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        assert event == {"action": "status", "name": self.report["name"]}
        return [self.report]

    def decide(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        self.decided.append(event)
        return [STEP]


def run(function: Any, tmp_path: Path, name: str = "nova", *, yes: bool = False, toml: str = TOML) -> int:
    config = tmp_path / "deployment.toml"
    config.write_text(toml)
    return migrate(function, argparse.Namespace(config=config, environment=None, name=name, yes=yes))


def test_a_price_that_is_not_accepted_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="accept_total_cost_usd"):
        run(Function(), tmp_path, toml=f'{TOML}commitment = "OneMonth"\n', yes=True)


def test_an_unknown_name_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"sup-other is not in deployment.toml; allowed: sup-nova"):
        run(Function(), tmp_path, "other")


def test_absent_throughput_only_needs_a_deploy(tmp_path: Path) -> None:
    with pytest.raises(KitError, match="sup-nova is absent: deploy the new settings"):
        run(Function(status="absent"), tmp_path)


def test_nothing_to_change_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    function = Function(model_units=2)

    assert run(function, tmp_path, yes=True) == 0

    assert "already" in capsys.readouterr().out
    assert function.decided == []


def test_without_yes_it_prints_the_plan_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    function = Function()

    assert run(function, tmp_path) == 0

    shown = capsys.readouterr().out
    for part in (
        "1 model unit, commitment none -> 2 model units",
        "at most 1,000,000.00 USD an hour",
        "nothing was",
    ):
        assert part in shown
    assert function.decided == []


def test_committed_throughput_is_kept_and_its_price_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(Function(commitment="OneMonth", committed_until="2026-12-30T07:00:00+00:00"), tmp_path)

    shown = capsys.readouterr().out
    assert "rename the current one to sup-nova-kept" in shown
    assert "until 2026-12-30T07:00:00+00:00, at most 100.00 USD an hour" in shown


def test_yes_starts_it(tmp_path: Path) -> None:
    function = Function()

    assert run(function, tmp_path, yes=True) == 0
    assert function.decided == [{"action": "migrate", "name": "sup-nova", "model_units": 2, "commitment": None}]
