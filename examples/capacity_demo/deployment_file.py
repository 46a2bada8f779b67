"""The stages of the demo's deployment file: no capacity, no accepted price, bought, with a schedule and new data."""

import re
from datetime import datetime, timedelta
from pathlib import Path

from kit_contract.places import SOURCES

EXAMPLE = SOURCES / "examples" / "capacity_demo" / "deployment.toml"
SUPPORT = SOURCES / "examples" / "support"
SECTION = "[provisioned_throughput.support]"
SCHEDULE = "[provisioned_throughput.support.schedule]"
ACCEPTED_PRICE = r"^accept_hourly_cost_usd = .*\n"
DATASET = r"^dataset = .*$"
WINDOW = {"days": r"^days = .*$", "from": r"^from = .*$", "to": r"^to = .*$"}
EVERY_DAY = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'
OPEN_FOR = timedelta(hours=1)


class DemoDeployment:
    """Writes each stage into `folder` and returns its path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        text = EXAMPLE.read_text(encoding="utf-8").replace("../support/", f"{SUPPORT}/")
        self._without_capacity, _, rest = text.partition(SECTION)
        capacity, _, schedule = rest.partition(SCHEDULE)
        self._capacity, self._schedule = SECTION + capacity, SCHEDULE + schedule

    def without_capacity(self) -> Path:
        return self._write("1-without-capacity", self._without_capacity)

    def price_not_accepted(self) -> Path:
        return self._write(
            "2-price-not-accepted", self._without_capacity + _changed(self._capacity, ACCEPTED_PRICE, "")
        )

    def bought(self) -> Path:
        return self._write("3-bought", self._without_capacity + self._capacity)

    def closing_at(self, closing: datetime) -> Path:
        """With another dataset, and a window that opened an hour before `closing` (UTC) and closes then."""
        more = f'dataset = ["{SUPPORT}/labelled.json", "{SUPPORT}/chat.jsonl"]'
        schedule = _changed(self._schedule, WINDOW["days"], f"days = {EVERY_DAY}")
        schedule = _changed(schedule, WINDOW["from"], f'from = "{closing - OPEN_FOR:%H:%M}"')
        schedule = _changed(schedule, WINDOW["to"], f'to = "{closing:%H:%M}"')
        training = _changed(self._without_capacity, DATASET, more)
        return self._write("4-other-data-and-schedule", training + self._capacity + schedule)

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path


def next_closing(now: datetime, *, lead: timedelta) -> datetime:
    """The first whole minute at least `lead` from now: schedules have no seconds."""
    earliest = now + lead
    return earliest.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _changed(text: str, pattern: str, replacement: str) -> str:
    changed, number = re.subn(pattern, lambda _: replacement, text, flags=re.MULTILINE)
    assert number == 1, f"{EXAMPLE} must have {pattern} once, has it {number} times"
    return changed
