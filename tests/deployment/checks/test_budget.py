"""The [budget] section: what AWS would refuse, or what would tell nobody, is a fault with its fix."""

from pathlib import Path

import pytest

from deployment.checks.budget import budget_faults
from deployment.config import ConfigError, load_deployment_config

DEPLOYMENT = '[deployment]\nname = "support"\nregion = "us-east-1"\n'
TOLD = 'emails = ["a@example.com"]\n'


def faults(folder: Path, section: str) -> list[str]:
    file = folder / "deployment.toml"
    file.write_text(f"{DEPLOYMENT}[budget]\n{section}", encoding="utf-8")
    try:
        return list(budget_faults(load_deployment_config(file)))
    except ConfigError as error:
        return error.faults


@pytest.mark.parametrize("told", [TOLD, "topic = true\n"])
def test_an_amount_and_somebody_to_tell_are_enough(told: str, tmp_path: Path) -> None:
    assert faults(tmp_path, f"monthly_usd = 100\n{told}") == []


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (TOLD, "budget.monthly_usd is missing; add it"),
        (f"monthly_usd = 0\n{TOLD}", "budget.monthly_usd"),
        (f"monthly_usd = inf\n{TOLD}", "budget.monthly_usd"),
        ("monthly_usd = 1\n", "budget.emails: nobody would be told"),
        ('monthly_usd = 1\nemails = ["owner"]\n', "budget.emails.0"),
        (f"monthly_usd = 1\nactual_percent = [0]\n{TOLD}", "budget.actual_percent.0"),
        (f"monthly_usd = 1\nactual_percent = []\nforecast_percent = []\n{TOLD}", "a budget needs an alarm"),
        (f"monthly_usd = 1\nactual_percent = [1, 2, 3, 4, 5]\n{TOLD}", "at most 5 alarms"),
        (f"monthly_usd = 1\nactual_percent = [50, 50]\n{TOLD}", "each percentage once, got 50, 50"),
        (f"monthly_usd = 1\nhard_stop = true\n{TOLD}", "budget.hard_stop: releases provisioned throughput without"),
        (f"monthly_usd = 1\nsum = 2\n{TOLD}", "budget.sum is not a setting"),
    ],
)
def test_a_faulty_section_is_explained(section: str, expected: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, section)

    assert expected in fault


def test_too_many_addresses_are_refused(tmp_path: Path) -> None:
    addresses = ", ".join(f'"a{index}@example.com"' for index in range(11))

    (fault,) = faults(tmp_path, f"monthly_usd = 1\nemails = [{addresses}]\n")

    assert "budget.emails" in fault


@pytest.mark.parametrize(("commitment", "faulty"), [("none", False), ("OneMonth", True)])
def test_a_hard_stop_needs_something_that_it_can_release(commitment: str, faulty: bool, tmp_path: Path) -> None:
    throughput = f'[provisioned_throughput.one]\nmodel = "amazon.nova-micro-v1:0:128k"\ncommitment = "{commitment}"\n'

    found = faults(tmp_path, f"monthly_usd = 1\nhard_stop = true\n{TOLD}{throughput}")

    assert bool(found) == faulty


def test_the_hard_stop_counts_as_an_alarm_unless_there_is_one_at_100(tmp_path: Path) -> None:
    throughput = '[provisioned_throughput.one]\nmodel = "amazon.nova-micro-v1:0:128k"\n'
    section = "monthly_usd = 1\nhard_stop = true\nforecast_percent = []\n" + TOLD

    assert len(faults(tmp_path, f"{section}actual_percent = [1, 2, 3, 4, 5]\n{throughput}")) == 1
    assert faults(tmp_path, f"{section}actual_percent = [1, 2, 3, 4, 100]\n{throughput}") == []
