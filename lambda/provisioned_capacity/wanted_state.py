"""What should be the case now: from expiry, holds, schedule and the clock, in that order. Pure.

Asked at every call: an event that is lost, late or doubled changes nothing, the next call comes to the same end.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from custom_resources.capacity_ledger import BOUGHT, RELEASED, Hold, Ledger
from provisioned_capacity.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """`state` is BOUGHT or RELEASED; `until` is when that changes by itself, None where it does not."""

    state: str
    why: str
    until: datetime | None


def wanted_state(settings: Settings, ledger: Ledger, now: datetime) -> Wanted:
    if settings.expires and now >= settings.expires:
        return Wanted(RELEASED, f"expired on {settings.throughput.expires}, for good", None)
    hold = active_hold(ledger, now)
    if hold:
        until = datetime.fromisoformat(hold.until) if hold.until else None
        return _before_expiry(Wanted(hold.wanted, hold.why, until), settings)
    if settings.schedule is None:
        return _before_expiry(Wanted(BOUGHT, "no schedule: always", None), settings)
    is_open = settings.schedule.is_open(now)
    change = settings.schedule.next_change(now)
    return _before_expiry(Wanted(BOUGHT if is_open else RELEASED, "schedule", change), settings)


def active_hold(ledger: Ledger, now: datetime) -> Hold | None:
    hold = ledger.hold
    if hold is None or (hold.until and now >= datetime.fromisoformat(hold.until)):
        return None
    return hold


def idle_hold(settings: Settings, now: datetime) -> Hold:
    """Back at the schedule's next opening; without a schedule when a person buys it back."""
    return Hold(
        RELEASED, f"no call for {settings.release_when_idle_hours} hours", "idle release", _opening(settings, now)
    )


def budget_hold(reason: str, who: str, now: datetime) -> Hold:
    """Until the first of the next month, UTC: AWS's budgets begin anew then."""
    first = (now.astimezone(UTC).replace(day=1) + timedelta(days=32)).replace(day=1)
    until = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return Hold(RELEASED, reason, who, _text(until))


def person_holds_released(reason: str, who: str) -> Hold:
    """Until a person buys or resumes."""
    return Hold(RELEASED, reason, who)


def person_holds_bought(settings: Settings, who: str, hours: float | None, now: datetime) -> Hold | None:
    """For `hours`; else until the schedule's next closing. None without either: the wish is what the settings say."""
    if hours is not None:
        until: datetime | None = now + timedelta(hours=hours)
    else:
        until = settings.schedule.next_closing(now) if settings.schedule else None
    return Hold(BOUGHT, "bought by a person", who, _text(until)) if until else None


def failure_hold(why: str, now: datetime) -> Hold:
    """A purchase that failed is not tried every few minutes: again in an hour."""
    return Hold(RELEASED, why, "converge", _text(now + timedelta(hours=1)))


def _opening(settings: Settings, now: datetime) -> str | None:
    opening = settings.schedule.next_opening(now) if settings.schedule else None
    return _text(opening) if opening else None


def _before_expiry(wanted: Wanted, settings: Settings) -> Wanted:
    if settings.expires is None or wanted.state == RELEASED:
        return wanted
    until = min(wanted.until, settings.expires) if wanted.until else settings.expires
    return Wanted(wanted.state, wanted.why, until)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
