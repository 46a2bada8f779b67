"""Convergence: crossed, doubled, lost and failing steps first; then a day of the schedule."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_resources.capacity_ledger import BOUGHT, RELEASED, Hold, parsed
from custom_resources.lifecycle import ResourceFailedError
from provisioned_capacity.convergence import Convergence, Step
from tests.provisioned_capacity.aws import MODEL, NEW_MODEL, WEEKDAYS, FakeAws, Refused

NIGHT = timedelta(hours=13)  # from Monday 08:00 to 21:00


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def settle(aws: FakeAws, seconds: float = 780) -> Step:
    return Convergence(aws.books()).settle(seconds=seconds, sleep=aws.sleep)


def in_service(aws: FakeAws, **settings: Any) -> dict[str, Any]:
    """Deployed, bought a day ago, published."""
    since = (aws.now - timedelta(days=1)).isoformat()
    aws.deploy(ledger={"state": "bought", "since": since, "why": "deployed", "purchase": 1})
    item = aws.plant()
    assert settle(aws).settled
    aws.deploy(ledger=aws.ledger, **settings)
    aws.log.clear()
    return item


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

    with pytest.raises(ResourceFailedError, match="not touched"):
        settle(aws)
    assert aws.log == []


def test_two_calls_at_once_buy_one(aws: FakeAws) -> None:
    aws.deploy()
    begun = False

    def second_call(operation: str) -> None:
        nonlocal begun
        if operation == "CreateProvisionedModelThroughput" and not begun:
            begun = True
            Convergence(aws.books()).step()

    aws.before = second_call

    settle(aws)

    assert len(aws.throughputs) == 1
    assert [entry for entry in aws.log if entry.startswith("create")] == ["create sup-support x1 aaaaaaaaaaaa"]


def test_an_order_whose_answer_was_lost_is_repeated_with_the_same_token(aws: FakeAws) -> None:
    aws.deploy()
    aws.refuse_create = Refused("InternalServerException")
    with pytest.raises(Exception, match="InternalServerException"):
        settle(aws)
    assert aws.ledger["state"] == "buying"
    aws.refuse_create = None

    settle(aws)

    assert (aws.ledger["state"], aws.ledger["purchase"], len(aws.tokens)) == ("bought", 1, 1)


def test_a_purchase_that_crosses_the_stacks_deletion_is_given_back(aws: FakeAws) -> None:
    aws.deploy()

    def deleted_meanwhile(operation: str) -> None:
        if operation == "CreateProvisionedModelThroughput":
            aws.undeploy()

    aws.before = deleted_meanwhile

    assert settle(aws).settled
    assert aws.throughputs == {}


def test_too_few_units_buy_nothing_tell_once_and_try_again_in_an_hour(aws: FakeAws) -> None:
    aws.deploy()
    aws.units_allowed = 0.0
    for _ in range(3):
        settle(aws)
        aws.sleep(900)
    assert aws.log == []
    assert len(aws.told) == 1
    for part in ("L-BE77399C", "0 of 0 are in use", "request-service-quota-increase"):
        assert part in aws.told[0]
    aws.units_allowed = 1.0
    aws.sleep(3600)

    settle(aws)

    assert len(aws.throughputs) == 1


def test_bedrocks_refusal_is_explained_where_the_quota_cannot_be_read(aws: FakeAws) -> None:
    aws.deploy()
    aws.units_allowed = None
    aws.refuse_create = Refused("ServiceQuotaExceededException", "no model units reserved")

    settle(aws)

    assert aws.ledger["state"] == "released"
    assert "its value could not be read" in aws.told[0]
    assert "no model units reserved" in aws.told[0]


def test_a_purchase_that_fails_is_removed_and_not_repeated_at_once(aws: FakeAws) -> None:
    aws.deploy()
    aws.fails = "no capacity"

    settle(aws)
    settle(aws)

    assert aws.throughputs == {}
    assert len(aws.tokens) == 1
    assert "no capacity" in aws.told[0]


def test_after_a_failure_the_next_purchase_has_another_token(aws: FakeAws) -> None:
    aws.deploy()
    aws.fails = "no capacity"
    settle(aws)
    aws.fails = ""
    aws.sleep(3700)

    settle(aws)

    assert len(aws.tokens) == 2
    assert len(aws.throughputs) == 1


def test_what_somebody_deleted_is_not_bought_back_and_told_once(aws: FakeAws) -> None:
    in_service(aws)
    aws.throughputs.clear()

    settle(aws)
    settle(aws)

    assert aws.log == []
    assert len(aws.told) == 1
    assert "deleted outside the kit" in aws.told[0]


def test_a_commitment_is_told_once_and_never_asked_to_be_deleted(aws: FakeAws) -> None:
    aws.deploy(ledger={"hold": {"wanted": "released", "why": "budget", "who": "topic", "until": None}})
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(days=10))
    calls: list[str] = []
    aws.before = calls.append

    for _ in range(4):
        assert settle(aws).settled
        aws.sleep(900)

    assert "DeleteProvisionedModelThroughput" not in calls
    assert len(aws.told) == 1
    for part in ("2026-12-10", "at most 14,520.00 USD", "aws bedrock delete-provisioned-model-throughput", "renews"):
        assert part in aws.told[0]


def test_when_the_commitment_has_ended_it_is_released(aws: FakeAws) -> None:
    aws.deploy(ledger={"hold": {"wanted": "released", "why": "budget", "who": "topic", "until": None}})
    aws.plant(commitment="OneMonth", end=aws.now + timedelta(hours=1))
    settle(aws)
    aws.sleep(3700)

    settle(aws)

    assert aws.throughputs == {}


@pytest.mark.parametrize(("days", "told"), [(8, []), (7, ["7 days"]), (1, ["1 days"])])
def test_renewal_is_warned_about_seven_days_and_one_day_ahead(aws: FakeAws, days: int, told: list[str]) -> None:
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=days))

    for _ in range(3):
        settle(aws)
        aws.sleep(60)

    assert [mark for mark in ("1 days", "7 days") for text in aws.told if mark in text.split("\n")[0]] == told


def test_the_warning_of_the_last_day_follows_that_of_the_week(aws: FakeAws) -> None:
    aws.deploy(ledger={"state": "bought"})
    aws.plant(commitment="SixMonths", end=aws.now + timedelta(days=6, hours=12))
    for _ in range(14):
        settle(aws)
        aws.sleep(12 * 3600 - 60)

    assert len(aws.told) == 2


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
    assert deleted_at - withdrawn_at >= timedelta(seconds=30)
    assert (aws.throughputs, aws.published) == ({}, None)


def test_a_release_that_died_half_way_is_finished_by_the_next_tick(aws: FakeAws) -> None:
    in_service(aws, schedule=WEEKDAYS)
    aws.now += NIGHT
    Convergence(aws.books()).step()
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


def test_nothing_is_bought_before_something_is_trained(aws: FakeAws) -> None:
    aws.deploy(model=None)

    assert settle(aws).settled
    assert (aws.ledger["state"], aws.ledger["why"], aws.log) == ("released", "no model yet", [])


def test_a_promotion_while_it_was_released_is_bought_with_its_model(aws: FakeAws) -> None:
    aws.deploy(model=NEW_MODEL)

    settle(aws)

    assert aws.log == ["create sup-support x1 bbbbbbbbbbbb"]
    assert aws.published["custom_model_arn"] == NEW_MODEL


def promoting(aws: FakeAws, arn: str) -> None:
    """What a promotion under way has done: another model is behind the throughput, the old one is published."""
    aws.deploy(ledger=aws.ledger, promoted_at=aws.now)
    aws.sleep(60)
    aws.client("bedrock").update_provisioned_model_throughput(provisionedModelId=arn, desiredModelId=NEW_MODEL)
    aws.log.clear()


@pytest.mark.parametrize("minutes", [0, 5, 69])
def test_a_promotion_under_way_is_not_undone(aws: FakeAws, minutes: int) -> None:
    promoting(aws, in_service(aws)["arn"])
    aws.sleep(minutes * 60)

    assert settle(aws).settled

    assert aws.log == []


def test_a_promotion_that_failed_in_the_middle_is_undone(aws: FakeAws) -> None:
    promoting(aws, in_service(aws)["arn"])
    aws.sleep(71 * 60)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support aaaaaaaaaaaa"]


def test_a_promotion_that_ended_without_the_throughput_is_made_up_for_at_once(aws: FakeAws) -> None:
    in_service(aws)
    aws.sleep(60)
    aws.deploy(model=NEW_MODEL, ledger=aws.ledger, promoted_at=aws.now)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support bbbbbbbbbbbb"]


def test_a_promotion_that_the_throughput_missed_is_made_up_for(aws: FakeAws) -> None:
    item = in_service(aws)
    aws.deploy(model=NEW_MODEL, ledger=aws.ledger)

    assert settle(aws).settled

    assert aws.log == ["swap sup-support bbbbbbbbbbbb"]
    assert aws.published == {
        "target_arn": item["arn"],
        "kind": "provisioned-throughput",
        "custom_model_arn": NEW_MODEL,
        "published_at": aws.published["published_at"],
    }


def test_in_service_and_published_costs_no_call_that_changes_anything(aws: FakeAws) -> None:
    in_service(aws)
    calls: list[str] = []
    aws.before = calls.append

    settle(aws)

    assert [call for call in calls if not call.startswith(("Get", "List"))] == []


@pytest.mark.parametrize(("quiet_hours", "left"), [(1, 1), (3, 0)])
def test_without_a_call_for_hours_it_is_released(aws: FakeAws, quiet_hours: int, left: int) -> None:
    item = in_service(aws, release_when_idle_hours=2)
    aws.invocations.append((aws.now - timedelta(hours=quiet_hours), item["arn"]))

    settle(aws)

    assert len(aws.throughputs) == left


def test_after_an_idle_release_the_next_opening_brings_it_back(aws: FakeAws) -> None:
    in_service(aws, release_when_idle_hours=2, schedule=WEEKDAYS)
    settle(aws)
    assert aws.ledger["why"] == "no call for 2 hours"
    settle(aws)
    assert aws.throughputs == {}
    aws.now += timedelta(days=1)

    settle(aws)

    assert len(aws.throughputs) == 1


def test_what_a_person_bought_for_some_hours_is_not_idle(aws: FakeAws) -> None:
    in_service(aws, release_when_idle_hours=2)
    until = (aws.now + timedelta(hours=5)).isoformat()
    aws.books().hold(Hold(BOUGHT, "bought by a person", "me", until))

    settle(aws)

    assert len(aws.throughputs) == 1


def test_on_the_expiry_day_it_is_released_for_good(aws: FakeAws) -> None:
    in_service(aws, expires="2026-12-01", properties={"Expires": "2026-12-01"})
    aws.now += timedelta(days=1)

    assert settle(aws).why == "expired on 2026-12-01, for good"
    assert aws.throughputs == {}


def test_the_ledger_says_what_is_done_since_when_and_why(aws: FakeAws) -> None:
    aws.deploy(schedule=WEEKDAYS)

    settle(aws)

    ledger = parsed(aws.ledger)
    assert replace(ledger, since="") == replace(ledger, since="", state=BOUGHT, why="schedule", who="converge")
    assert aws.published["custom_model_arn"] == MODEL
    assert ledger.state != RELEASED
