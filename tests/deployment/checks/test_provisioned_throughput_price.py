"""Provisioned throughput is a fault until deployment.toml accepts its price, whatever the price list says."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployment.checks.check_deployment import check_deployment
from deployment.checks.provisioned_throughput_price import price_faults
from deployment.config import ConfigError
from tests.deployment_file import SHIPPED, file_faults, shipped_config
from tests.price_list import price_list, row
from tests.synthesized import PROJECT

MICRO = "amazon.nova-micro-v1:0"
HOURLY = [
    row("provisioned_hour", 20.0, "hour", model=MICRO, commitment="none"),
    row("provisioned_hour", 12.5, "hour", model=MICRO, commitment="SixMonths", verified=True),
]
SECTION = '\n[provisioned_throughput.support]\ncustomization = "support"\nalias = "support-bot"\n'


def faults(folder: Path, rows: list[dict[str, Any]] = HOURLY, **section: Any) -> list[str]:
    with price_list(folder, rows):
        return list(price_faults(shipped_config(**{"model_units": 1} | section)))


def test_an_unaccepted_price_is_named_with_its_source_and_what_to_set(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, model_units=2)

    assert fault.startswith("provisioned_throughput.support.accept_hourly_cost_usd: 2 model units of " + MICRO)
    assert "without commitment in us-east-1 costs 40.00 USD an hour, 29,200.00 USD a month" in fault
    assert "(a test, 2026-11-25, not verified with AWS); got nothing; set it to 40 or more to accept the price" in fault


def test_with_a_commitment_the_fault_names_the_price_of_the_whole_term(tmp_path: Path) -> None:
    (fault, _) = faults(tmp_path, commitment="SixMonths", accept_hourly_cost_usd=12.49)

    assert "12.50 USD an hour" in fault
    assert "54,750.00 USD in total for 6 months that cannot be ended early and renew themselves" in fault
    assert "got 12.49; set it to 12.5" in fault
    assert "not verified with AWS" not in fault


def test_an_unknown_price_must_be_accepted_and_the_fault_names_the_command(tmp_path: Path) -> None:
    (fault, total) = faults(tmp_path, commitment="OneMonth", accept_hourly_cost_usd=1000.0)

    assert fault.startswith("provisioned_throughput.support.accept_unknown_price: no price is known for 1 model unit")
    assert "kit models refresh" in fault
    assert "an unknown amount USD in total for 1 month" in fault
    assert "costs an unknown amount (hours of the term x the price AWS told you) USD in total" in total
    assert faults(tmp_path, commitment="OneMonth", accept_unknown_price=True, accept_total_cost_usd=1.0) == []


def test_the_price_of_the_whole_term_is_accepted_by_its_own_setting(tmp_path: Path) -> None:
    section: dict[str, Any] = {"commitment": "SixMonths", "accept_hourly_cost_usd": 12.5}

    (none,) = faults(tmp_path, **section)
    (little,) = faults(tmp_path, **section, accept_total_cost_usd=54749.99)

    assert none == (
        "provisioned_throughput.support.accept_total_cost_usd: commitment SixMonths cannot be ended early and costs "
        "54750 USD in total, got nothing; set it to that or more to accept it"
    )
    assert "got 54749.99" in little
    assert faults(tmp_path, **section, accept_total_cost_usd=54750) == []


def test_the_total_that_the_fault_names_is_enough(tmp_path: Path) -> None:
    rows = [row("provisioned_hour", 12.345678, "hour", model=MICRO, commitment="OneMonth")]
    section: dict[str, Any] = {"commitment": "OneMonth", "accept_hourly_cost_usd": 1e6, "model_units": 7}
    (fault,) = faults(tmp_path, rows, **section)
    said = re.search(r"costs ([\d.]+) USD", fault)

    assert said
    assert faults(tmp_path, rows, **section, accept_total_cost_usd=float(said[1])) == []


def test_a_total_without_a_commitment_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, accept_hourly_cost_usd=20, accept_total_cost_usd=20)

    assert "is only for a commitment, got 20.0 with commitment none; remove it" in fault


def test_accepting_an_unknown_price_does_not_accept_a_known_one(tmp_path: Path) -> None:
    assert len(faults(tmp_path, accept_unknown_price=True)) == 1


def test_the_price_that_the_fault_names_is_enough(tmp_path: Path) -> None:
    rows = [row("provisioned_hour", 123.456789, "hour", model=MICRO, commitment="none")]
    (fault,) = faults(tmp_path, rows, model_units=100)
    said = re.search(r"set it to ([\d.]+) or more", fault)

    assert said
    assert faults(tmp_path, rows, model_units=100, accept_hourly_cost_usd=float(said[1])) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(units=st.integers(1, 100), cents=st.integers(1, 10_000), accepted=st.floats(0.01, 1e6))
def test_the_price_of_all_units_must_be_accepted(units: int, cents: int, accepted: float, tmp_path: Path) -> None:
    rows = [row("provisioned_hour", cents / 100, "hour", model=MICRO, commitment="none")]

    refused = bool(faults(tmp_path, rows, model_units=units, accept_hourly_cost_usd=accepted))

    assert refused == (accepted < round(units * cents / 100, 6))
    assert not faults(tmp_path, rows, model_units=units, accept_hourly_cost_usd=units * cents / 100)


@pytest.mark.parametrize("accepted", ["inf", "nan", "0", "-1"])
def test_an_accepted_price_must_be_a_positive_number(accepted: str, tmp_path: Path) -> None:
    (fault,) = file_faults(tmp_path, f"{SHIPPED}{SECTION}accept_hourly_cost_usd = {accepted}\n")

    assert "provisioned_throughput.support.accept_hourly_cost_usd" in fault


def test_check_deployment_reports_it_with_the_file(tmp_path: Path) -> None:
    with price_list(tmp_path, HOURLY), pytest.raises(ConfigError, match=r"^some\.toml: .*accept_hourly_cost_usd"):
        check_deployment(shipped_config(model_units=1), "some.toml")


def test_an_unknown_customization_has_no_price_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, customization="absent") == []


def test_synth_prints_idle_and_committed_cost_to_standard_error(tmp_path: Path) -> None:
    command = [sys.executable, "app.py"]
    environment = {
        "PATH": f"{PROJECT / '.venv' / 'bin'}:/usr/bin:/bin",
        "CDK_VALIDATION": "false",
        "CDK_OUTDIR": str(tmp_path),
    }
    environment["CDK_CONTEXT_JSON"] = '{"config": "tests/deployment/costed.toml"}'

    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("cost: ")]
    assert re.search(r"^cost: idle (at least )?[\d,.]+ USD a month, committed (at least )?[\d,.]+ USD; ", line)
