"""The wanted state of a throughput now: from its expiry, override, schedule and the clock, in that order. Pure.

Every step evaluates it again: an event that is lost, late or delivered twice changes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from custom_resources.provisioned_throughput.ledger import BOUGHT, RELEASED, Ledger, Override
from kit_contract.counted import counted
from provisioned_throughput_controller.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """`state` is BOUGHT or RELEASED. `until` is when it changes by itself; None if it does not."""

    state: str
    why: str
    until: datetime | None


def wanted_state(settings: Settings, ledger: Ledger, now: datetime) -> Wanted:
    if settings.expires and now >= settings.expires:
        return Wanted(RELEASED, f"expired on {settings.throughput.expires}, for good", None)
    override = active_override(ledger, now)
    if override:
        until = datetime.fromisoformat(override.until) if override.until else None
        return _before_expiry(Wanted(override.wanted, override.why, until), settings)
    if settings.schedule is None:
        return _before_expiry(Wanted(BOUGHT, "no schedule: always", None), settings)
    is_open = settings.schedule.is_open(now)
    change = settings.schedule.next_change(now)
    return _before_expiry(Wanted(BOUGHT if is_open else RELEASED, "schedule", change), settings)


def active_override(ledger: Ledger, now: datetime) -> Override | None:
    override = ledger.override
    if override is None or (override.until and now >= datetime.fromisoformat(override.until)):
        return None
    return override


def release_override(reason: str, who: str) -> Override:
    """A person releases it, until a person buys or resumes."""
    return Override(RELEASED, reason, who)


def purchase_override(settings: Settings, who: str, hours: float | None, now: datetime) -> Override | None:
    """A person buys it for `hours`, else until the schedule closes next. None without either: the settings decide."""
    if hours is not None:
        until: datetime | None = now + timedelta(hours=hours)
    else:
        until = settings.schedule.next_closing(now) if settings.schedule else None
    return Override(BOUGHT, "bought by a person", who, _text(until)) if until else None


def budget_override(reason: str, who: str, now: datetime) -> Override:
    """A budget stops it until the first of the next month in UTC, when AWS's budgets start again."""
    first = (now.astimezone(UTC).replace(day=1) + timedelta(days=32)).replace(day=1)
    until = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return Override(RELEASED, reason, who, _text(until))


def idle_override(settings: Settings, now: datetime) -> Override:
    """Nobody calls it: released until the schedule opens next; without a schedule until a person buys."""
    opening = settings.schedule.next_opening(now) if settings.schedule else None
    why = f"no call for {counted(settings.release_when_idle_hours or 0, 'hour')}"
    return Override(RELEASED, why, "idle release", _text(opening) if opening else None)


def failure_override(why: str, now: datetime) -> Override:
    """A purchase failed: the next attempt follows in an hour."""
    return Override(RELEASED, why, "reconcile", _text(now + timedelta(hours=1)))


def _before_expiry(wanted: Wanted, settings: Settings) -> Wanted:
    if settings.expires is None or wanted.state == RELEASED:
        return wanted
    until = min(wanted.until, settings.expires) if wanted.until else settings.expires
    return Wanted(wanted.state, wanted.why, until)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
