"""Windows on a wall clock: days on which clocks change, midnight, every time zone; then an ordinary week."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioned_throughput_controller.schedule import DAYS, Schedule

ZONES = sorted(zoneinfo.available_timezones())
WALL = st.builds(lambda hour, minute: f"{hour:02d}:{minute:02d}", st.integers(0, 23), st.integers(0, 59))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def schedule(**changes: Any) -> Schedule:
    value = {"days": DAYS, "from": "08:00", "to": "20:00", "time_zone": "Europe/Vienna"}
    return Schedule.parsed({**value, **changes})


SCHEDULES = st.builds(
    lambda days, begin, end, zone: schedule(**{"days": days, "from": begin, "to": end, "time_zone": zone}),
    st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    WALL,
    WALL,
    st.sampled_from(ZONES),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@settings(max_examples=300, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_the_next_change_is_one_and_nothing_changes_before_it(one: Schedule, now: datetime) -> None:
    change = one.next_change(now)

    if change is None:
        assert all(one.is_open(now + timedelta(hours=hours)) for hours in range(0, 24 * 8, 5))
        return
    assert now < change <= now + timedelta(days=9)
    assert one.is_open(change) != one.is_open(now)
    for part in range(1, 40):
        assert one.is_open(now + (change - now) * part / 40) == one.is_open(now)
    assert one.is_open(change - timedelta(seconds=1)) == one.is_open(now)


@settings(max_examples=200, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_within_a_window_the_wall_clock_says_so_but_where_clocks_change(one: Schedule, now: datetime) -> None:
    wall = now.astimezone(one.zone)
    near = [(now + timedelta(hours=hours)).astimezone(one.zone).utcoffset() for hours in (-26, 0, 26)]
    if len(set(near)) > 1:
        return
    clock, day = wall.time().replace(tzinfo=None), wall.weekday()
    if one.end > one.start:
        expected = day in one.days and one.start <= clock < one.end
    else:
        expected = (day in one.days and clock >= one.start) or ((day - 1) % 7 in one.days and clock < one.end)

    assert one.is_open(now) == expected


@settings(max_examples=100, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_openings_open_and_closings_close(one: Schedule, now: datetime) -> None:
    opening, closing = one.next_opening(now), one.next_closing(now)

    if opening is None or closing is None:
        assert opening is closing is None
        return
    assert one.is_open(opening)
    assert not one.is_open(closing)
    assert min(opening, closing) > now


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_a_week_of_five_windows(zone: str) -> None:
    one = schedule(days=DAYS[:5], time_zone=zone)
    now, edges = at("2026-11-29T12:00:00+00:00"), 0
    until = now + timedelta(days=7)
    while (change := one.next_change(now)) and change <= until:
        now, edges = change, edges + 1

    assert edges == 10


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)],  # clocks forward, back, not at all
)
def test_a_day_of_one_window_is_as_long_as_the_day(day: str, hours: int) -> None:
    one = schedule(days=[DAYS[at(day).weekday()]], **{"from": "00:00", "to": "00:00"})
    opening = one.next_opening(at(f"{day}T12:00:00+00:00") - timedelta(days=1))
    assert opening

    closing = one.next_change(opening)

    assert closing
    assert closing - opening == timedelta(hours=hours)


def test_a_wall_time_that_does_not_exist_is_the_instant_the_clock_jumps_by() -> None:
    one = schedule(**{"from": "02:30", "to": "12:00"})

    assert not one.is_open(at("2026-03-29T01:29:00+00:00"))
    assert one.is_open(at("2026-03-29T01:30:00+00:00"))  # 03:30 in Vienna: 02:30 was skipped


def test_a_wall_time_that_comes_twice_is_taken_the_first_time() -> None:
    one = schedule(**{"from": "01:00", "to": "02:30"})

    assert one.is_open(at("2026-10-25T00:29:00+00:00"))
    assert not one.is_open(at("2026-10-25T00:30:00+00:00"))
    assert not one.is_open(at("2026-10-25T01:29:00+00:00"))  # 02:29 again


def test_a_window_across_midnight_ends_the_next_day() -> None:
    one = schedule(days=["fri"], **{"from": "22:00", "to": "06:00"})

    assert one.is_open(at("2026-12-04T22:00:00+01:00"))
    assert one.is_open(at("2026-12-05T05:59:00+01:00"))
    assert not one.is_open(at("2026-12-05T06:00:00+01:00"))
    assert not one.is_open(at("2026-12-04T05:00:00+01:00"))


def test_windows_that_touch_are_one() -> None:
    always = schedule(**{"from": "09:00", "to": "09:00"})

    assert always.next_change(at("2026-12-04T09:00:00+01:00")) is None
