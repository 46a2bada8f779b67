"""EventBridge Scheduler: AWS::Scheduler::Schedule, and cron expressions in the time zone of their schedule.

ministack fires every expression in UTC, and its CloudFormation drops the time zone. Cron schedules with a time zone are
fired here. Before each sweep, ministack is told that they were just fired, so that it does not fire them too.
"""

import time
import uuid
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, scheduler

from local_aws.extension.cloudformation.service_calls import Properties, answer

NAME_LIMIT = 64

_last_fired: dict[Any, float] = {}
_sweep = scheduler._tick_schedules


def install() -> None:
    scheduler._tick_schedules = sweep


def sweep() -> None:
    """Fire the due schedules that have a time zone, then let ministack fire the others."""
    now = time.time()
    for key, schedule in list(scheduler._schedules._data.items()):
        zone, fields = schedule["ScheduleExpressionTimezone"], _cron(schedule)
        if zone == "UTC" or fields is None:
            continue
        scheduler._schedule_last_fired[key] = now
        if is_due(schedule["ScheduleExpression"], zone, _last_fired.setdefault(key, now), now):
            _last_fired[key] = now
            _fire(key, schedule)
    _sweep()


def is_due(expression: str, zone: str, last: float, now: float) -> bool:
    """Whether `expression`, in the time zone, is due after `last` and not after `now`."""
    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        raise ValueError(f"cron expression not understood: {expression}")
    # ministack's search knows no time zones: pass it the wall clock time as if it were UTC.
    wall = datetime.fromtimestamp(last, ZoneInfo(zone)).replace(tzinfo=UTC)
    following = eventbridge._cron_next_fire(fields, wall)
    return following is not None and following.replace(tzinfo=ZoneInfo(zone)).timestamp() <= now


def create(seed: str, properties: Properties) -> tuple[str, Properties]:
    """Raises ValueError for a schedule that the service refuses, or an unknown time zone."""
    name = properties.get("Name") or f"{seed[: NAME_LIMIT - 13]}-{uuid.uuid4().hex[:12]}"
    _check_zone(properties)
    return name, {"Arn": answer(scheduler._create_schedule(name, properties))["ScheduleArn"]}


def update(name: str, properties: Properties) -> Properties:
    _check_zone(properties)
    return {"Arn": answer(scheduler._update_schedule(name, properties))["ScheduleArn"]}


def delete(name: str) -> None:
    for key, schedule in list(scheduler._schedules.items()):
        if schedule["Name"] == name:
            del scheduler._schedules[key]


def _check_zone(properties: Properties) -> None:
    try:
        ZoneInfo(properties.get("ScheduleExpressionTimezone", "UTC"))
    except (KeyError, ValueError) as error:
        raise ValueError(f"ValidationException: Invalid ScheduleExpressionTimezone: {error}") from None


def _cron(schedule: Properties) -> Any:
    enabled = schedule["State"] == "ENABLED"
    return eventbridge._parse_cron_fields(schedule["ScheduleExpression"]) if enabled else None


def _fire(key: tuple[str, str, str], schedule: Properties) -> None:
    account, region, _ = key
    set_request_account_id(account)
    set_request_region(region)
    event = {"Source": "aws.scheduler", "DetailType": "Scheduled Event", "Detail": "{}", "Account": account}
    eventbridge._invoke_target(schedule["Target"], event, schedule)
