"""EventBridge Scheduler: refused schedules, cron in a time zone, and schedules of stacks."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.local_aws.conftest import Call, Client

VIENNA = ZoneInfo("Europe/Vienna")
SCHEDULE: dict[str, Any] = {
    "ScheduleExpression": "cron(0 8 ? * MON,TUE *)",
    "ScheduleExpressionTimezone": "Europe/Vienna",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {
        "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
        "RoleArn": "arn:aws:iam::000000000000:role/r",
    },
}


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA).timestamp()


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"ScheduleExpressionTimezone": "Mars/Base"}, "Mars/Base"), ({"GroupName": "absent"}, "absent")],
)
def test_a_schedule_that_the_service_refuses_is_refused(call: Call, change: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        call("cloudformation.schedules", "create", "stack-Schedule", SCHEDULE | change)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        ("2026-11-30 07:50", "2026-11-30 07:59", False),
        ("2026-11-30 07:50", "2026-11-30 08:00", True),  # 07:00 in UTC
        ("2026-11-30 08:00", "2026-11-30 23:00", False),
        ("2026-07-06 07:50", "2026-07-06 08:00", True),  # summer: 06:00 in UTC
        ("2026-12-01 09:00", "2026-12-06 23:00", False),  # Wednesday to Sunday
    ],
)
def test_cron_is_due_in_its_time_zone(call: Call, last: str, now: str, due: bool) -> None:
    found = call(
        "cloudformation.schedules", "is_due", SCHEDULE["ScheduleExpression"], "Europe/Vienna", at(last), at(now)
    )

    assert found is due


def test_a_stack_keeps_the_time_zone_and_deletes_its_schedule(client: Client) -> None:
    template = {"Resources": {"Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": SCHEDULE}}}
    stacks, schedules = client("cloudformation"), client("scheduler")
    stacks.create_stack(StackName="scheduled", TemplateBody=json.dumps(template))
    stacks.get_waiter("stack_create_complete").wait(StackName="scheduled", WaiterConfig={"Delay": 1})
    (summary,) = [item for item in schedules.list_schedules()["Schedules"] if item["Name"].startswith("scheduled")]

    found = schedules.get_schedule(Name=summary["Name"])
    stacks.delete_stack(StackName="scheduled")
    stacks.get_waiter("stack_delete_complete").wait(StackName="scheduled", WaiterConfig={"Delay": 1})

    assert found["ScheduleExpressionTimezone"] == "Europe/Vienna"
    assert [item for item in schedules.list_schedules()["Schedules"] if item["Name"].startswith("scheduled")] == []
