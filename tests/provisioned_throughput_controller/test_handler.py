"""The function's events: refused ones, one failure among several throughputs, then each action and its source."""

import json
from typing import Any

import pytest

from kit_contract.errors import InputError, ResourceFailedError
from provisioned_throughput_controller.handler import run
from tests.provisioned_throughput_controller.aws import TOPIC, WEEKDAYS, FakeAws


@pytest.fixture
def aws() -> FakeAws:
    found = FakeAws()
    found.deploy(schedule=WEEKDAYS)
    return found


def call(aws: FakeAws, event: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    context = {name: aws.context(name) for name in names or ("sup-support",)}
    steps: list[dict[str, Any]] = run(event, context, sleep=aws.sleep)["throughputs"]
    return steps


def from_sns(message: str) -> dict[str, Any]:
    return {"Records": [{"Sns": {"TopicArn": TOPIC, "Subject": "AWS Budgets", "Message": message}}]}


@pytest.mark.parametrize("event", [{}, {"action": "delete"}, from_sns("[1]"), from_sns('{"action": "no"}')])
def test_what_is_no_action_is_refused(aws: FakeAws, event: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="action must be one of reconcile, release, buy, resume, migrate, status"):
        call(aws, event)


def test_an_unknown_name_names_the_known_ones(aws: FakeAws) -> None:
    with pytest.raises(InputError, match="throughputs: sup-support; got sup-other"):
        call(aws, {"action": "reconcile", "name": "sup-other"})


def test_a_purchase_of_everything_is_refused(aws: FakeAws) -> None:
    with pytest.raises(InputError, match="name of one throughput"):
        call(aws, {"action": "buy"})


def test_one_that_fails_does_not_hold_up_the_others(aws: FakeAws) -> None:
    other = {"name": "sup-foreign", "tags": {}}
    aws.plant(**other)
    for leaf in ("settings", "ledger"):
        path = f"/bedrock-kit/sup/capacity/sup-{{}}/{leaf}"
        value = aws.parameters[path.format("support")].replace("sup-support", "sup-foreign")
        aws.parameters[path.format("foreign")] = value

    with pytest.raises(ResourceFailedError, match=r"sup-foreign: .* named sup-foreign exists and does not have"):
        call(aws, {"action": "reconcile"}, "sup-foreign", "sup-support")

    assert aws.log == ["create sup-support x1 aaaaaaaaaaaa"]


def test_a_purchase_after_the_expiry_is_refused(aws: FakeAws) -> None:
    aws.deploy(expires="2026-11-01", properties={"Expires": "2026-11-01"})

    with pytest.raises(ResourceFailedError, match="expired on 2026-11-01, for good: change `expires`"):
        call(aws, {"action": "buy", "name": "sup-support"})
    assert aws.log == []


def test_a_budgets_stop_is_not_lifted_by_a_purchase_but_by_resume(aws: FakeAws) -> None:
    call(aws, {"action": "reconcile"})
    call(aws, from_sns('{"action": "release", "reason": "budget"}'))
    assert aws.throughputs == {}
    with pytest.raises(ResourceFailedError, match="stopped by the budget until 2026-12-01"):
        call(aws, {"action": "buy", "name": "sup-support"})

    call(aws, {"action": "resume", "name": "sup-support", "who": "me"})

    assert len(aws.throughputs) == 1


@pytest.mark.parametrize("message", ['{"action": "release", "reason": "budget"}', "AWS Budget Notification\n$100"])
def test_a_budgets_message_releases_everything_and_tells_once(aws: FakeAws, message: str) -> None:
    call(aws, {"action": "reconcile"})

    call(aws, from_sns(message))
    call(aws, from_sns(message))

    assert aws.throughputs == {}
    assert aws.ledger["override"]["until"] == "2026-12-01T00:00:00+00:00"
    assert aws.ledger["override"]["who"] == "notices"
    assert len(aws.told) == 1
    assert "kit capacity resume sup-support" in aws.told[0]


def test_what_a_person_released_does_not_come_back_with_the_next_month(aws: FakeAws) -> None:
    call(aws, {"action": "release", "name": "sup-support", "reason": "holidays", "who": "me"})
    call(aws, from_sns('{"action": "release", "reason": "budget"}'))

    assert aws.ledger["override"] == {"wanted": "released", "why": "holidays", "who": "me", "until": None}


def test_a_person_releases_and_buys_back(aws: FakeAws) -> None:
    call(aws, {"action": "reconcile"})
    call(aws, {"action": "release", "name": "sup-support", "who": "me"})
    assert aws.throughputs == {}

    (step,) = call(aws, {"action": "buy", "name": "sup-support", "hours": 2, "who": "me"})

    assert (step["status"], step["wanted"], step["why"]) == ("InService", "bought", "bought by a person")
    assert step["until"] == aws.ledger["override"]["until"]


def test_who_asks_for_an_answer_now_gets_one_step(aws: FakeAws) -> None:
    before = aws.now

    (step,) = call(aws, {"action": "buy", "name": "sup-support", "wait": False})

    assert (step["settled"], aws.now) == (False, before)


def test_the_answer_is_json(aws: FakeAws) -> None:
    assert json.loads(json.dumps(call(aws, {"action": "reconcile"})))[0]["name"] == "sup-support"


def test_the_status_changes_nothing_and_says_price_and_next_change(aws: FakeAws) -> None:
    (before,) = call(aws, {"action": "status"})
    assert (before["status"], before["accepted_usd_per_day"], aws.log) == ("absent", 0.0, [])
    call(aws, {"action": "reconcile"})
    calls: list[str] = []
    aws.before = calls.append

    (found,) = call(aws, {"action": "status"})

    assert [name for name in calls if not name.startswith("Get")] == []
    assert (found["status"], found["state"], found["wanted"], found["wanted_why"]) == (
        "InService",
        "bought",
        "bought",
        "schedule",
    )
    assert (found["next_change"], found["next_state"]) == ("2026-11-30T19:00:00+00:00", "released")
    assert (found["accepted_usd_per_day"], found["alias"], found["committed_until"]) == (1452.0, "bot", None)


def test_the_status_tells_a_commitments_end_and_a_stack_that_is_gone(aws: FakeAws) -> None:
    aws.plant(commitment="OneMonth", end=aws.now)
    (found,) = call(aws, {"action": "status"})
    aws.undeploy()

    assert (found["commitment"], found["committed_until"]) == ("OneMonth", aws.now.isoformat())
    assert call(aws, {"action": "status"}) == [{"name": "sup-support", "status": "not deployed"}]
