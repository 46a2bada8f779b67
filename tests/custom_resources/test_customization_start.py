"""The starter is called once for each request, its refusal fails the deploy, its absence never blocks a delete."""

import io
import json

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from custom_resources.customization_start import CustomizationStartResource
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event, stubbed

PROPERTIES = {"StarterFunctionName": "starter", "Customization": "support", "DataKey": "data/a", "SpecHash": "h"}


@pytest.fixture
def starter() -> tuple[CustomizationStartResource, Stubber]:
    client, stubber = stubbed("lambda")
    return CustomizationStartResource(client.invoke), stubber


def answers(stubber: Stubber, payload: dict[str, object], answer: dict[str, object], error: str = "") -> None:
    body = json.dumps(answer).encode()
    response: dict[str, object] = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body))}
    sent = {"FunctionName": "starter", "InvocationType": "RequestResponse", "Payload": json.dumps(payload).encode()}
    stubber.add_response("invoke", response | ({"FunctionError": error} if error else {}), sent)


def test_refused_start_fails_with_the_starters_reason(starter: tuple[CustomizationStartResource, Stubber]) -> None:
    resource, stubber = starter
    answers(stubber, {"customization": "support", "key": "data/a"}, {"errorMessage": "8 records needed"}, "Unhandled")

    with pytest.raises(ResourceFailedError, match="starter of customization support failed: 8 records needed"):
        resource.create(Request.from_event(event("Create", PROPERTIES)))


def test_start_returns_the_run(starter: tuple[CustomizationStartResource, Stubber]) -> None:
    resource, stubber = starter
    run = {"execution_arn": "arn:x", "run_id": "0123", "started": True, "reason": "attempt 1"}
    answers(stubber, {"customization": "support", "key": "data/a"}, dict(run))

    data = resource.update(Request.from_event(event("Update", PROPERTIES)))

    assert data == {"ExecutionArn": "arn:x", "RunId": "0123", "Started": "true", "Outcome": "attempt 1"}


def test_delete_waits_for_the_jobs_and_tolerates_a_missing_starter(
    starter: tuple[CustomizationStartResource, Stubber],
) -> None:
    resource, stubber = starter
    request = Request.from_event(event("Delete", PROPERTIES))
    stop: dict[str, object] = {"customization": "support", "stop": True}
    answers(stubber, stop, {"in_progress": ["arn:job"]})
    answers(stubber, stop, {"in_progress": []})
    stubber.add_client_error("invoke", "ResourceNotFoundException")

    looks = [resource.describe(request) for _ in range(3)]

    assert [look.phase for look in looks] == [Phase.IN_PROGRESS, Phase.GONE, Phase.GONE]
    assert looks[0].waiting_for == "still stopping arn:job"
    stubber.assert_no_pending_responses()


PROMOTES = {"execution_arn": "arn:x", "run_id": "0123", "started": True, "promotes": True, "reason": "attempt 2"}


@pytest.mark.parametrize(("kind", "status"), [("Create", "SUCCEEDED"), ("Update", "SUCCEEDED"), ("Create", "RUNNING")])
def test_a_run_that_only_promotes_is_awaited(
    starter: tuple[CustomizationStartResource, Stubber], kind: str, status: str
) -> None:
    """What it replaces is deleted once this resource is ready: then the alias must point elsewhere."""
    resource, stubber = starter
    request = Request.from_event(event(kind, PROPERTIES))
    answers(stubber, {"customization": "support", "key": "data/a"}, dict(PROMOTES))
    answers(stubber, {"execution_arn": "arn:x"}, {"status": status, "cause": ""})

    resource.create(request)
    look = resource.describe(request)

    assert look.phase is (Phase.READY if status == "SUCCEEDED" else Phase.IN_PROGRESS)
    stubber.assert_no_pending_responses()


def test_the_next_invocation_goes_on_following(starter: tuple[CustomizationStartResource, Stubber]) -> None:
    """It has another instance: what the first one was told is gone."""
    resource, stubber = starter
    answers(stubber, {"customization": "support", "key": "data/a"}, PROMOTES | {"started": False})
    answers(stubber, {"execution_arn": "arn:x"}, {"status": "RUNNING", "cause": ""})

    look = resource.describe(Request.from_event(event("Create", PROPERTIES)))

    assert (look.phase, look.waiting_for) == (Phase.IN_PROGRESS, "execution arn:x promotes the model")


def test_a_promotion_that_fails_fails_a_create_and_is_told_by_an_update(
    starter: tuple[CustomizationStartResource, Stubber],
) -> None:
    """An Update that failed would be rolled back to the same failure: the stack could go nowhere."""
    resource, stubber = starter
    for _ in range(2):
        answers(stubber, {"customization": "support", "key": "data/a"}, dict(PROMOTES))
        answers(stubber, {"execution_arn": "arn:x"}, {"status": "FAILED", "cause": "no capacity"})
    create, update = (Request.from_event(event(kind, PROPERTIES)) for kind in ("Create", "Update"))

    resource.create(create)
    with pytest.raises(ResourceFailedError, match="arn:x FAILED: no capacity"):
        resource.describe(create)
    resource.create(update)
    look = resource.describe(update)

    assert look.phase is Phase.READY
    assert look.attributes["Outcome"] == "not served: execution arn:x FAILED: no capacity"


def test_a_deploy_that_changes_no_setting_reports_a_refusal(
    starter: tuple[CustomizationStartResource, Stubber],
) -> None:
    """Each `kit deploy` looks again: other changes must not be rolled back because uploaded data is being trained."""
    resource, stubber = starter
    new = PROPERTIES | {"Restore": "2", "Retrain": "true", "RetryFailed": "true"}
    payload: dict[str, object] = {"customization": "support", "key": "data/a", "retrain": True, "retry": True}
    for _ in range(2):
        answers(stubber, payload, {"errorMessage": "is being trained"}, "Unhandled")
    same = event("Update", new) | {"OldResourceProperties": PROPERTIES | {"Restore": "1"}}
    other = event("Update", new) | {"OldResourceProperties": PROPERTIES | {"SpecHash": "other"}}

    outcome = resource.update(Request.from_event(same))["Outcome"]

    assert outcome.startswith("not served: ")
    assert resource.describe(Request.from_event(same)).phase is Phase.READY
    with pytest.raises(ResourceFailedError, match="is being trained"):
        resource.update(Request.from_event(other))
