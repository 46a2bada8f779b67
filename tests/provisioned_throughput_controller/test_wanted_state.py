"""Expiry, override, schedule and clock, in that order, and how long each lasts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from custom_resources.provisioned_throughput.ledger import BOUGHT, RELEASED, Ledger, Override, parsed
from provisioned_throughput_controller import settings as capacity_settings
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import (
    budget_override,
    failure_override,
    idle_override,
    purchase_override,
    release_override,
    wanted_state,
)
from tests.provisioned_throughput_controller.aws import MONDAY, PROPERTIES, WEEKDAYS
from tests.provisioned_throughput_controller.bedrock import OWNER

LEDGER = Ledger(state=RELEASED, since=MONDAY.isoformat(), why="", who="")
NIGHT = MONDAY + timedelta(hours=14)


def of(**settings: Any) -> Settings:
    properties = {**PROPERTIES, **({"Expires": settings["expires"]} if "expires" in settings else {})}
    return capacity_settings.parsed({"owner": OWNER, "properties": properties, **settings})


def overridden(override: Override | None) -> Ledger:
    return replace(LEDGER, override=override)


def test_the_expiry_beats_an_override() -> None:
    settings = of(expires="2026-11-30", schedule=WEEKDAYS)
    bought = Override(BOUGHT, "bought by a person", "me")

    wanted = wanted_state(settings, overridden(bought), MONDAY)

    assert (wanted.state, wanted.until) == (RELEASED, None)
    assert wanted.why == "expired on 2026-11-30, for good"


def test_the_expiry_day_begins_in_the_schedules_zone() -> None:
    settings = of(expires="2026-12-01", schedule=WEEKDAYS)

    assert settings.expires == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert wanted_state(settings, LEDGER, MONDAY).until == datetime(2026, 11, 30, 19, 0, tzinfo=UTC)


def test_without_a_schedule_it_begins_in_utc_and_ends_what_was_bought() -> None:
    wanted = wanted_state(of(expires="2026-12-01"), LEDGER, MONDAY)

    assert (wanted.state, wanted.until) == (BOUGHT, datetime(2026, 12, 1, tzinfo=UTC))


def test_a_budgets_stop_lasts_until_the_next_month_in_utc() -> None:
    override = budget_override("budget", "topic", datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    assert override.until == "2027-01-01T00:00:00+00:00"


@given(st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_budgets_stop_ends_with_the_first_day_after(now: datetime) -> None:
    until = datetime.fromisoformat(budget_override("budget", "topic", now).until or "")

    assert now < until <= now + timedelta(days=31)
    assert (until.day, until.hour, until.minute) == (1, 0, 0)


def test_what_a_person_released_stays_released() -> None:
    later = MONDAY + timedelta(days=400)

    assert wanted_state(of(schedule=WEEKDAYS), overridden(release_override("done", "me")), later).state == RELEASED


def test_what_a_person_bought_at_night_lasts_until_the_schedule_closes() -> None:
    settings = of(schedule=WEEKDAYS)
    override = purchase_override(settings, "me", None, NIGHT)

    assert wanted_state(settings, overridden(override), NIGHT).state == BOUGHT
    assert override
    assert override.until == "2026-12-01T19:00:00+00:00"


def test_or_for_the_hours_that_were_asked_for() -> None:
    settings = of(schedule=WEEKDAYS)
    override = purchase_override(settings, "me", 2, NIGHT)

    assert wanted_state(settings, overridden(override), NIGHT + timedelta(minutes=119)).state == BOUGHT
    assert wanted_state(settings, overridden(override), NIGHT + timedelta(minutes=120)).state == RELEASED


def test_without_a_schedule_a_purchase_lifts_every_override() -> None:
    assert purchase_override(of(), "me", None, NIGHT) is None


def test_the_idle_come_back_at_the_next_opening_or_when_bought() -> None:
    with_schedule = idle_override(of(schedule=WEEKDAYS, release_when_idle_hours=2), MONDAY)

    assert with_schedule.until == "2026-12-01T07:00:00+00:00"
    assert idle_override(of(release_when_idle_hours=2), MONDAY).until is None


def test_a_failure_is_over_in_an_hour() -> None:
    override = failure_override("quota", MONDAY)

    assert wanted_state(of(), overridden(override), MONDAY + timedelta(minutes=59)).state == RELEASED
    assert wanted_state(of(), overridden(override), MONDAY + timedelta(minutes=60)).state == BOUGHT


def test_the_schedule_decides_otherwise() -> None:
    assert wanted_state(of(schedule=WEEKDAYS), LEDGER, MONDAY).state == BOUGHT
    assert wanted_state(of(schedule=WEEKDAYS), LEDGER, NIGHT).state == RELEASED
    assert wanted_state(of(), LEDGER, NIGHT).state == BOUGHT


def test_a_ledger_of_a_newer_kit_can_be_read() -> None:
    assert parsed({"state": "bought", "since": "x", "why": "y", "who": "z", "colour": "red"}).state == BOUGHT
