"""A deploy wakes the controller without waiting for it; a delete does nothing."""

import json

from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput.start import ProvisionedThroughputStartResource
from provisioned_throughput_controller.requests import requests_of
from tests.custom_resources.aws import event, stubbed

PROPERTIES = {"FunctionName": "capacity", "KitDeployment": "sup", "SettingsHash": "h"}
PAYLOAD = json.dumps({"action": "reconcile", "who": "cloudformation"}).encode()


def woken(stubber: Stubber) -> None:
    sent = {"FunctionName": "capacity", "InvocationType": "Event", "Payload": PAYLOAD}
    stubber.add_response("invoke", {"StatusCode": 202}, sent)


def test_a_delete_calls_nobody() -> None:
    client, _ = stubbed("lambda")  # any call would fail
    resource, request = (
        ProvisionedThroughputStartResource(client.invoke),
        Request.from_event(event("Delete", PROPERTIES)),
    )

    resource.delete(request)

    assert resource.describe(request).phase is Phase.GONE


def test_create_and_update_wake_it_once_each() -> None:
    client, stubber = stubbed("lambda")
    resource = ProvisionedThroughputStartResource(client.invoke)
    woken(stubber)
    woken(stubber)
    create = Request.from_event(event("Create", PROPERTIES))

    resource.create(create)
    resource.update(Request.from_event(event("Update", {**PROPERTIES, "SettingsHash": "i"})))

    stubber.assert_no_pending_responses()
    assert resource.describe(create).phase is Phase.READY
    assert resource.physical_id(create) == "sup-capacity-start"


def test_what_is_sent_is_what_the_function_understands_for_all_throughputs() -> None:
    (request,) = requests_of(json.loads(PAYLOAD))

    assert (request.action, request.name, request.wait) == ("reconcile", None, True)
