"""Old versions of a guardrail are deleted some changes later, and never the one that is served."""

import datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.guardrail_versions import GuardrailVersionsResource
from tests.custom_resources.aws import event, stubbed

ID = "abc123"
NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)


@pytest.fixture
def bedrock() -> tuple[GuardrailVersionsResource, Stubber]:
    client, stubber = stubbed("bedrock")
    return GuardrailVersionsResource(client), stubber


def request(kind: str, version: int) -> Request:
    return Request.from_event(event(kind, {"GuardrailId": ID, "Version": str(version), "Keep": "5"}))


def listed(stubber: Stubber, *versions: str) -> None:
    arn = f"arn:aws:bedrock:us-east-1:111122223333:guardrail/{ID}"
    rest: dict[str, Any] = {"id": ID, "arn": arn, "status": "READY", "name": "g", "createdAt": NOW, "updatedAt": NOW}
    found = [{**rest, "version": version} for version in versions]
    half = len(found) // 2
    first = {"guardrails": found[:half], "nextToken": "more"}
    stubber.add_response("list_guardrails", first, {"guardrailIdentifier": ID})
    stubber.add_response(
        "list_guardrails", {"guardrails": found[half:]}, {"guardrailIdentifier": ID, "nextToken": "more"}
    )


def deleted(stubber: Stubber, *versions: int) -> None:
    for version in versions:
        stubber.add_response("delete_guardrail", {}, {"guardrailIdentifier": ID, "guardrailVersion": str(version)})


@pytest.mark.parametrize(
    ("served", "present", "gone"),
    [
        (1, ["DRAFT", "1"], []),
        (5, ["DRAFT", "1", "2", "3", "4", "5"], []),
        (6, ["DRAFT", "10", "1", "2", "3", "4", "5", "6"], [1]),  # 10: of somebody else
        (12, ["DRAFT", "12", "11", "10", "9", "8", "7", "2"], [2, 7]),
    ],
)
def test_the_newest_versions_stay(
    bedrock: tuple[GuardrailVersionsResource, Stubber], served: int, present: list[str], gone: list[int]
) -> None:
    resource, stubber = bedrock
    listed(stubber, *present)
    deleted(stubber, *gone)

    resource.update(request("Update", served))

    stubber.assert_no_pending_responses()
    assert resource.describe(request("Update", served)).phase is Phase.READY


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "ConflictException"])
def test_a_version_that_is_gone_or_in_use_does_not_fail_the_deploy(
    bedrock: tuple[GuardrailVersionsResource, Stubber], code: str
) -> None:
    resource, stubber = bedrock
    listed(stubber, "1", "2", "3", "4", "5", "6", "7")
    stubber.add_client_error("delete_guardrail", code)
    deleted(stubber, 2)

    resource.create(request("Create", 7))

    stubber.assert_no_pending_responses()


def test_a_deletion_calls_nothing_because_the_versions_go_with_the_guardrail(
    bedrock: tuple[GuardrailVersionsResource, Stubber],
) -> None:
    resource, _ = bedrock

    resource.delete(request("Delete", 3))

    assert resource.describe(request("Delete", 3)).phase is Phase.GONE
    assert resource.physical_id(request("Delete", 3)) == "abc123-versions"
