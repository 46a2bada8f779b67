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
