"""Checks of what a throughput is to be: the deploy buys what stands here, by the hour."""

import zoneinfo
from collections.abc import Mapping
from datetime import date
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.arguments import check_each, check_kind, check_one_of, check_text, check_whole
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget
from model_catalog import catalog

COMMITMENTS = (None, "OneMonth", "SixMonths")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"([01]\d|2[0-3]):[0-5]\d"
SCHEDULE = {"days", "from", "to", "time_zone"}
LONGEST_IDLE_HOURS = 720


def check_settings(
    scope: Construct,
    *,
    target: ThroughputTarget,
    model_units: int,
    commitment_duration: str | None,
    schedule: Mapping[str, Any] | None,
    expires: str | None,
    release_when_idle_hours: int | None,
) -> None:
    """Raises ValueError. A model that the catalog doesn't list for the stack's Region is a warning."""
    check_kind("target", target, ThroughputTarget, "a ThroughputTarget")
    check_whole("model_units", model_units, 1)
    check_one_of("commitment_duration", commitment_duration, COMMITMENTS)
    if schedule is not None:
        _check_schedule(schedule)
    if expires is not None:
        _check_day(expires)
    if release_when_idle_hours is not None:
        check_whole("release_when_idle_hours", release_when_idle_hours, 1, LONGEST_IDLE_HOURS)
    released = {"schedule": schedule, "release_when_idle_hours": release_when_idle_hours}
    for name, value in released.items():
        if commitment_duration and value is not None:
            raise ValueError(
                f"{name} must be None with commitment_duration={commitment_duration!r}, which is billed until its end; "
                "remove one of them"
            )
    _check_model(scope, target.model_identifier)


def _check_schedule(schedule: Mapping[str, Any]) -> None:
    check_kind("schedule", schedule, Mapping, "a dict with days, from, to and time_zone")
    if set(schedule) != SCHEDULE:
        raise ValueError(
            f"schedule must have the keys days, from, to and time_zone, got {', '.join(schedule)}; change it"
        )
    check_each("schedule['days']", schedule["days"], "|".join(DAYS), f"one of {', '.join(DAYS)}")
    if not schedule["days"]:
        raise ValueError("schedule['days'] must name at least one day, got none; add one")
    for key in ("from", "to"):
        check_text(f"schedule['{key}']", schedule[key], TIME, "a time such as 08:00")
    if schedule["time_zone"] not in zoneinfo.available_timezones():
        raise ValueError(
            "schedule['time_zone'] must be a name of the IANA time zone database such as Europe/Vienna, got "
            f"{schedule['time_zone']!r}; change it"
        )


def _check_day(expires: str) -> None:
    try:
        date.fromisoformat(expires)
    except (TypeError, ValueError):
        raise ValueError(f"expires must be a day such as 2027-01-31, got {expires!r}; change it") from None


def _check_model(scope: Construct, model: str | None) -> None:
    region = cdk.Stack.of(scope).region
    if not model or model.startswith("arn:") or cdk.Token.is_unresolved([model, region]):
        return
    try:
        catalog.provisionable(model, region)
    except catalog.UnlistedError as error:
        cdk.Annotations.of(scope).add_warning_v2("bedrock-kit:unlisted-model", str(error))
