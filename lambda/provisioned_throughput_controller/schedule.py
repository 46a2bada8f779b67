"""Weekly windows on a wall clock: whether one is open, and when that changes. Pure.

A window begins on one of its days at `start` and ends at `end`, which is on the next day if it is not later. A wall
time that a clock change skips or repeats means the first of its instants, as with Python's fold=0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A week with a day on each side: it contains the next edge in any case.
HORIZON_DAYS = 9


@dataclass(frozen=True)
class Schedule:
    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    @classmethod
    def parsed(cls, value: Mapping[str, Any]) -> "Schedule":
        return cls(
            days=frozenset(DAYS.index(day) for day in value["days"]),
            start=time.fromisoformat(value["from"]),
            end=time.fromisoformat(value["to"]),
            zone=ZoneInfo(value["time_zone"]),
        )

    def is_open(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self._windows(now))

    def next_change(self, now: datetime) -> datetime | None:
        """The first instant after `now` at which is_open differs; None if it is always open."""
        state = self.is_open(now)
        edges = sorted({edge for window in self._windows(now) for edge in window if edge > now})
        return next((edge for edge in edges if self.is_open(edge) != state), None)

    def next_opening(self, now: datetime) -> datetime | None:
        """The next instant at which it opens after it was closed."""
        change = self.next_change(now)
        return self.next_change(change) if change and self.is_open(now) else change

    def next_closing(self, now: datetime) -> datetime | None:
        change = self.next_change(now)
        return change if change is None or self.is_open(now) else self.next_change(change)

    def _windows(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        today = now.astimezone(self.zone).date()
        for offset in range(-2, HORIZON_DAYS):
            day = today + timedelta(days=offset)
            if day.weekday() in self.days:
                last = day if self.end > self.start else day + timedelta(days=1)
                yield self._instant(day, self.start), self._instant(last, self.end)

    def _instant(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, tzinfo=self.zone).astimezone(UTC)
