"""The hours of a month with a schedule: only its window is billed, and never more than a month has."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.costs.estimate import committed, idle
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH, hours_per_month
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from tests.deployment_file import shipped_file
from tests.price_list import price_list, row

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
walls = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))


def hours(days: list[str], begin: str, end: str) -> float:
    schedule = {"days": days, "from": begin, "to": end, "time_zone": "Europe/Vienna"}
    return hours_per_month(ProvisionedThroughput.model_validate({"model": "amazon.a", "schedule": schedule}))


def test_without_a_schedule_every_hour_is_billed() -> None:
    assert hours_per_month(ProvisionedThroughput(model="amazon.a")) == HOURS_PER_MONTH


@pytest.mark.parametrize(
    ("days", "begin", "end", "of_a_week"),
    [
        (DAYS[:5], "08:00", "20:00", 5 * 12),
        (["fri"], "22:30", "06:00", 7.5),
        (DAYS, "00:00", "00:00", 168),
        (["mon"], "08:00", "08:00", 24),
    ],
)
def test_a_month_has_the_hours_of_a_week_times_its_weeks(
    days: list[str], begin: str, end: str, of_a_week: float
) -> None:
    assert hours(days, begin, end) == pytest.approx(of_a_week * 730 / 168)


@given(days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True), begin=walls, end=walls)
def test_never_more_than_a_month_and_never_less_for_more_days(days: list[str], begin: str, end: str) -> None:
    assert 0 < hours(days[:1], begin, end) <= hours(days, begin, end) <= HOURS_PER_MONTH * (1 + 1e-12)


def test_a_schedule_lowers_the_monthly_cost(tmp_path: Path) -> None:
    config = load_deployment_config(shipped_file()).model_dump()
    week: dict[str, Any] = {"days": DAYS[:5], "from": "08:00", "to": "20:00", "time_zone": "UTC"}
    section = {"model": "amazon.nova-micro-v1:0:128k", "schedule": week}
    scheduled = DeploymentConfig.model_validate(config | {"provisioned_throughput": {"one": section}})
    always = DeploymentConfig.model_validate(config | {"provisioned_throughput": {"one": section | {"schedule": None}}})
    rows = [row("provisioned_hour", 10.0, "hour", model="amazon.nova-micro-v1:0", commitment="none")]

    with price_list(tmp_path, rows):
        assert idle(always).usd - idle(scheduled).usd == pytest.approx(10.0 * (730 - 60 * 730 / 168))
        assert committed(scheduled).lines == ()
