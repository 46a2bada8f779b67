"""Absent and foreign throughputs, an interrupted release; then a week of the schedule, and the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_resources.provisioned_throughput.ledger import BOUGHT, RELEASED, parsed
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller.reconciliation import Reconciliation
from tests.provisioned_throughput_controller.aws import WEEKDAYS, FakeAws
from tests.provisioned_throughput_controller.bedrock import MODEL
from tests.provisioned_throughput_controller.conftest import in_service, settle

NIGHT = timedelta(hours=13)  # from Monday 08:00 to 21:00


def test_without_settings_nothing_is_bought(aws: FakeAws) -> None:
    aws.deploy()
    aws.undeploy()

    assert settle(aws).status == "not deployed"
    assert aws.log == []


def test_without_a_ledger_nothing_is_bought(aws: FakeAws) -> None:
    aws.deploy()
    del aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"]

    assert settle(aws).settled
    assert aws.log == []


def test_a_throughput_of_someone_elses_is_not_touched(aws: FakeAws) -> None:
    aws.deploy()
    aws.plant(tags={"bedrock-kit:deployment": "other"})

    with pytest.raises(ResourceFailedError, match="nothing was changed"):
        settle(aws)
    assert aws.log == []


def test_callers_are_sent_away_before_the_deletion(aws: FakeAws) -> None:
    in_service(aws, schedule=WEEKDAYS)
    aws.now += NIGHT
    withdrawn_at = deleted_at = None

    def watch(operation: str) -> None:
        nonlocal withdrawn_at, deleted_at
        if operation == "DeleteParameter":
            withdrawn_at = aws.now
        if operation == "DeleteProvisionedModelThroughput":
            deleted_at = aws.now

    aws.before = watch

    assert settle(aws).settled

    assert withdrawn_at is not None
    assert deleted_at is not None
    assert deleted_at - withdrawn_at >= timedelta(seconds=50)
    assert (aws.throughputs, aws.published) == ({}, None)


def test_a_release_that_died_half_way_is_finished_by_the_next_tick(aws: FakeAws) -> None:
    in_service(aws, schedule=WEEKDAYS)
    aws.now += NIGHT
    Reconciliation(aws.context()).step()
    assert aws.published is None
    assert len(aws.throughputs) == 1
    aws.sleep(900)

    assert settle(aws).settled
    assert aws.throughputs == {}


def test_a_week_of_lost_and_doubled_ticks_ends_where_the_schedule_says(aws: FakeAws) -> None:
    aws.deploy(schedule=WEEKDAYS)
    states = []
    for hour in range(7 * 24):
        for _ in range(hour % 3):  # none, one, two
            settle(aws)
        states.append(len(aws.throughputs))
        aws.sleep(3600 - (aws.now.minute * 60 + aws.now.second))

    assert max(states) == 1
    assert sum(1 for entry in aws.log if entry.startswith("create")) == 5
    assert sum(1 for entry in aws.log if entry.startswith("delete")) == 5
    assert aws.throughputs == {}


def test_in_service_and_published_costs_no_call_that_changes_anything(aws: FakeAws) -> None:
    in_service(aws)
    calls: list[str] = []
    aws.before = calls.append

    settle(aws)

    assert [call for call in calls if not call.startswith(("Get", "List"))] == []


def test_on_the_expiry_day_it_is_released_for_good(aws: FakeAws) -> None:
    in_service(aws, expires="2026-12-01", properties={"Expires": "2026-12-01"})
    aws.now += timedelta(days=1)

    assert settle(aws).why == "expired on 2026-12-01, for good"
    assert aws.throughputs == {}


def test_the_ledger_says_what_is_done_since_when_and_why(aws: FakeAws) -> None:
    aws.deploy(schedule=WEEKDAYS)

    settle(aws)

    ledger = parsed(aws.ledger)
    assert replace(ledger, since="") == replace(ledger, since="", state=BOUGHT, why="schedule", who="reconcile")
    assert aws.published["custom_model_arn"] == MODEL
    assert ledger.state != RELEASED
