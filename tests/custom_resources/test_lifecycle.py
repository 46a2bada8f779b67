"""What CloudFormation's requests and the polls after them do, with a resource that lives in memory."""

from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from custom_resources import lifecycle
from custom_resources.lifecycle import Phase, Request, ResourceFailedError, Snapshot
from tests.custom_resources.aws import event


class MemoryResource:
    """A resource whose every look is scripted."""

    def __init__(self, *looks: Snapshot | Exception, create_errors: tuple[Exception, ...] = ()) -> None:
        self.looks = list(looks)
        self.create_errors = list(create_errors)
        self.calls: list[str] = []

    def physical_id(self, request: Request) -> str:
        return str(request.properties["Name"])

    def create(self, request: Request) -> Mapping[str, str]:
        self.calls.append("create")
        if self.create_errors:
            raise self.create_errors.pop(0)
        return {"Token": request.request_id}

    def update(self, request: Request) -> Mapping[str, str]:
        self.calls.append("update")
        return {}

    def delete(self, request: Request) -> None:
        self.calls.append("delete")

    def describe(self, request: Request) -> Snapshot:
        look = self.looks.pop(0)
        if isinstance(look, Exception):
            raise look
        return look


def denied(code: str = "AccessDeniedException") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Get")


def test_failed_create_keeps_its_physical_id_so_that_cloudformation_deletes_it() -> None:
    resource = MemoryResource(create_errors=(ResourceFailedError("quota is 0"),))

    answer = lifecycle.on_event(event("Create", {"Name": "sup"}), resource, clock=lambda: 1.0)

    assert answer == {"PhysicalResourceId": "sup", "StartedAt": 1.0, "Failure": "quota is 0"}
    with pytest.raises(ResourceFailedError, match="quota is 0"):
        lifecycle.is_complete(event("Create", {"Name": "sup"}, **answer), resource)


def test_a_resource_that_vanishes_while_it_is_made_fails() -> None:
    with pytest.raises(ResourceFailedError, match="disappeared"):
        lifecycle.is_complete(event("Update", {"Name": "sup"}), MemoryResource(Snapshot(Phase.GONE)))


def test_denied_polls_fail_after_two_minutes_only() -> None:
    resource = MemoryResource(denied(), denied())

    early = lifecycle.is_complete(event("Create", {"Name": "a"}, StartedAt=0.0), resource, clock=lambda: 119.0)

    assert early == {"IsComplete": False}
    with pytest.raises(ClientError):
        lifecycle.is_complete(event("Create", {"Name": "a"}, StartedAt=0.0), resource, clock=lambda: 121.0)


def test_throttled_polls_never_fail() -> None:
    resource = MemoryResource(denied("ThrottlingException"))

    late = lifecycle.is_complete(event("Create", {"Name": "a"}, StartedAt=0.0), resource, clock=lambda: 3000.0)

    assert late == {"IsComplete": False}


def test_create_waits_for_a_policy_that_has_not_spread_yet() -> None:
    waits: list[float] = []
    resource = MemoryResource(create_errors=(denied(), denied()))

    answer = lifecycle.on_event(event("Create", {"Name": "a"}), resource, clock=lambda: 0.0, sleep=waits.append)

    assert answer["Data"] == {"Token": "11111111-2222-3333-4444-555555555555"}
    assert waits == [5.0, 5.0]


def test_update_with_another_id_creates_the_replacement() -> None:
    resource = MemoryResource()

    answer = lifecycle.on_event(event("Update", {"Name": "other"}), resource)

    assert resource.calls == ["create"]
    assert answer["PhysicalResourceId"] == "other"


def test_update_with_the_same_id_updates() -> None:
    resource = MemoryResource()

    answer = lifecycle.on_event(event("Update", {"Name": "sup-support"}), resource)

    assert resource.calls == ["update"]
    assert answer["PhysicalResourceId"] == "sup-support"


def test_delete_is_asked_again_until_gone() -> None:
    resource = MemoryResource(Snapshot(Phase.IN_PROGRESS), Snapshot(Phase.GONE))
    request = event("Delete", {"Name": "sup"})

    lifecycle.on_event(request, resource)
    polls = [lifecycle.is_complete(request, resource), lifecycle.is_complete(request, resource)]

    assert polls == [{"IsComplete": False}, {"IsComplete": True}]
    assert resource.calls == ["delete", "delete"]


def test_only_a_finished_poll_returns_data() -> None:
    resource = MemoryResource(Snapshot(Phase.IN_PROGRESS, {"Arn": "x"}), Snapshot(Phase.READY, {"Arn": "x"}))
    request = event("Create", {"Name": "sup"})

    assert lifecycle.is_complete(request, resource) == {"IsComplete": False}
    assert lifecycle.is_complete(request, resource) == {"IsComplete": True, "Data": {"Arn": "x"}}


def test_attributes_beyond_cloudformations_limit_are_refused() -> None:
    with pytest.raises(ResourceFailedError, match="allowed are 3500"):
        lifecycle.is_complete(event("Update", {"Name": "a"}), MemoryResource(Snapshot(Phase.READY, {"A": "x" * 4000})))


def test_reason_is_short() -> None:
    assert len(lifecycle.reason(ValueError("x" * 5000))) == lifecycle.REASON_LIMIT
