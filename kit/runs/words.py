"""Times, durations and amounts as this command prints them. Unknown is a hyphen."""

from datetime import UTC, datetime, timedelta

from deployment.costs.lines import amount

WIDTH = 118
UNKNOWN = "-"


def time_of(value: datetime | None) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if value else UNKNOWN


def time_in(text: str) -> str:
    """Of a time in a parameter, ISO 8601; one that is none is shown as it is."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text or UNKNOWN
    return time_of(value if value.tzinfo else value.replace(tzinfo=UTC))


def second_of(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def iso(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="seconds") if value else None


def duration(started: datetime | None, ended: datetime | None) -> str:
    """Until now if it has not ended."""
    if started is None:
        return UNKNOWN
    seconds = max(0, round(((ended or datetime.now(UTC)) - started).total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        return f"{days} d {hours % 24:02} h"
    if hours:
        return f"{hours} h {minutes % 60:02} min"
    return f"{minutes} min {seconds % 60:02} s" if minutes else f"{seconds} s"


def seconds(took: timedelta) -> str:
    """Of a step: with a decimal below a minute."""
    if took < timedelta(minutes=1):
        return f"{took.total_seconds():.1f} s"
    now = datetime.now(UTC)
    return duration(now - took, now)


def number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def usd(value: float | None) -> str:
    return UNKNOWN if value is None else amount(value)


def one_line(text: str) -> str:
    return " ".join(text.split())


def cut(line: str, width: int = WIDTH) -> str:
    return line if len(line) <= width else f"{line[: width - 3]}..."
