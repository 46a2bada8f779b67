"""One invocation's part in a request: how it ends for errors, newer requests, deadlines and earlier invocations."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from custom_resources.framework.errors import OutOfTimeError, SupersededError
from custom_resources.framework.operation import Operation
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from tests.custom_resources.framework.leases_table import SENT, LeasesTable, client_error, request
from tests.custom_resources.framework.scripted_resource import ScriptedResource

IN_PROGRESS, GONE = Snapshot(Phase.IN_PROGRESS), Snapshot(Phase.GONE)


class Invocations:
    """A table, a resource and a clock that only `sleep` moves."""

    def __init__(self) -> None:
        self.table = LeasesTable()
        self.resource = ScriptedResource()
        self.now = float(SENT)
        self.slept: list[float] = []

    def decide(self, one: Request, holder: str = "invocation-1") -> dict[str, Any] | None:
        lease = self.table.lease(one, holder)
        operation = Operation(
            one,
            resource_of=lambda resource_type: self.resource,
            lease=lease,
            ends=self.now + 900,
            longest_pause=40.0,
            clock=lambda: self.now,
            sleep=self.sleep,
        )
        decided = operation.decide()
        return json.loads(decided) if decided is not None else None

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def succeed(self, one: Request) -> None:
        assert self.decide(one)
        self.table.lease(one).record_delivery("SUCCESS")
        self.resource.calls.clear()
        self.slept.clear()


@pytest.fixture
def invocations() -> Invocations:
    return Invocations()


def failing(*codes: str, at: str) -> Callable[[str], None]:
    """Calls of `at` fail with these error codes, one after the other; an empty code is a success."""
    left = list(codes)

    def before(call: str) -> None:
        if call == at and left and (code := left.pop(0)):
            raise client_error(code)

    return before


def test_a_create_begins_once_and_looks_until_it_is_ready(invocations: Invocations) -> None:
    invocations.resource.snapshots = [IN_PROGRESS, IN_PROGRESS, Snapshot(Phase.READY, {"Arn": "a"})]

    answer = invocations.decide(create := request("Create", 1))

    assert invocations.resource.calls == ["create", "describe", "describe", "describe"]
    assert answer
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "sup-support")
    assert answer["Data"] == {"CreatedBy": create.token, "Arn": "a"}


def test_throttling_is_retried_until_the_deadline(invocations: Invocations) -> None:
    invocations.resource.before = failing(*["ThrottlingException"] * 1000, at="create")

    answer = invocations.decide(request("Create", 1))

    assert answer
    assert answer["Status"] == "FAILED"
    assert "was not ready in the 3600 s that CloudFormation waits" in answer["Reason"]
    assert SENT + 3440 < invocations.now < SENT + 3540


def test_an_error_that_is_not_retried_fails_at_once_with_the_real_id(invocations: Invocations) -> None:
    invocations.resource.before = failing("ValidationException", at="create")

    answer = invocations.decide(request("Create", 1))

    assert answer
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "sup-support")
    assert invocations.slept == []


def test_a_success_between_two_errors_ends_their_row(invocations: Invocations) -> None:
    """A missing permission is retried for 120 s from its first error: not from one that was over."""
    denied, between = "AccessDeniedException", [""] * 6
    invocations.resource.snapshots = [IN_PROGRESS] * 30
    invocations.resource.before = failing(denied, *between, denied, denied, at="describe")

    answer = invocations.decide(request("Create", 1))

    assert answer
    assert answer["Status"] == "SUCCESS"
    assert invocations.now - SENT > 120


def test_a_newer_request_stops_the_work(invocations: Invocations) -> None:
    invocations.resource.snapshots = [IN_PROGRESS] * 5

    def delete_arrives(call: str) -> None:
        if len(invocations.resource.calls) == 2:
            invocations.table.lease(request("Delete", 2)).register(invocations.now)

    invocations.resource.before = delete_arrives

    with pytest.raises(SupersededError):
        invocations.decide(request("Create", 1))
    assert invocations.resource.calls == ["create", "describe", "describe"]


def test_a_newer_request_at_the_end_takes_the_answer_away(invocations: Invocations) -> None:
    def delete_arrives(call: str) -> None:
        invocations.table.lease(request("Delete", 2)).register(invocations.now)

    invocations.resource.before = delete_arrives

    with pytest.raises(SupersededError):
        invocations.decide(request("Create", 1))


def test_the_next_invocation_continues_where_the_last_one_ran_out_of_time(invocations: Invocations) -> None:
    create = request("Create", 1)

    def out_of_time(call: str) -> None:
        if call == "describe":
            raise OutOfTimeError

    invocations.resource.before = out_of_time
    with pytest.raises(OutOfTimeError):
        invocations.decide(create)
    invocations.table.lease(create).release()
    invocations.resource.before = lambda call: None

    answer = invocations.decide(create, "invocation-2")

    assert invocations.resource.calls == ["create", "describe"]
    assert answer
    assert answer["Data"] == {"CreatedBy": create.token}


def test_a_second_invocation_waits_for_the_lease_of_the_first_to_expire(invocations: Invocations) -> None:
    create = request("Create", 1)
    first = invocations.table.lease(create)
    first.register(invocations.now)
    first.acquire(invocations.now, invocations.now + 300)

    answer = invocations.decide(create, "invocation-2")

    assert answer
    assert answer["Status"] == "SUCCESS"
    assert SENT + 300 < invocations.now < SENT + 316


def test_a_decided_answer_is_given_again_until_it_was_delivered(invocations: Invocations) -> None:
    create = request("Create", 1)
    first = invocations.decide(create)
    calls = list(invocations.resource.calls)

    assert invocations.decide(create) == first
    invocations.table.lease(create).record_delivery("SUCCESS")
    assert invocations.decide(create) is None
    assert invocations.resource.calls == calls


def test_a_table_that_refuses_is_an_answer(invocations: Invocations) -> None:
    invocations.table.fail = ["ResourceNotFoundException"]

    answer = invocations.decide(request("Create", 1))

    assert answer
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "Thing-not-made")
    assert invocations.resource.calls == []


def test_a_table_that_throttles_is_retried(invocations: Invocations) -> None:
    invocations.table.fail = ["ThrottlingException"] * 3

    answer = invocations.decide(request("Create", 1))

    assert answer
    assert answer["Status"] == "SUCCESS"


def test_absence_is_believed_at_once_after_a_success(invocations: Invocations) -> None:
    invocations.succeed(request("Create", 1))
    invocations.resource.snapshots = [GONE]

    assert invocations.decide(request("Delete", 2))
    assert invocations.slept == []


def test_absence_after_anything_else_is_believed_once_the_lists_have_caught_up(invocations: Invocations) -> None:
    invocations.resource.snapshots = [GONE] * 20

    assert invocations.decide(request("Delete", 2))
    assert 20 <= invocations.now - SENT < 40


def test_a_delete_whose_properties_name_nothing_succeeds(invocations: Invocations) -> None:
    answer = invocations.decide(request("Delete", 2, Name=None))

    assert answer
    assert answer["Status"] == "SUCCESS"
    assert invocations.resource.calls == []


def test_what_it_waits_for_is_named_at_the_deadline(invocations: Invocations) -> None:
    waiting = Snapshot(Phase.IN_PROGRESS, waiting_for="still stopping job-1")
    invocations.resource.snapshots = [waiting] * 200

    answer = invocations.decide(request("Delete", 1))

    assert answer
    assert "was not gone (still stopping job-1) in the 3600 s" in answer["Reason"]
