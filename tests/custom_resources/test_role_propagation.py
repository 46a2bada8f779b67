"""A wait at the deploy, again when the role may use something else, none at the deletion."""

import pytest

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.role_propagation import RolePropagationResource
from tests.custom_resources.aws import event

PROPERTIES = {"RoleName": "sup-role", "Resources": ["arn:aws:s3:::documents"], "Seconds": "20"}


@pytest.mark.parametrize(("request_type", "waits"), [("Create", [20]), ("Update", [20]), ("Delete", [])])
def test_it_waits_before_the_role_is_used(request_type: str, waits: list[float]) -> None:
    waited: list[float] = []
    resource = RolePropagationResource(waited.append)
    request = Request.from_event(event(request_type, PROPERTIES))

    getattr(resource, request_type.lower())(request)

    assert waited == waits
    assert resource.physical_id(request) == "sup-role-propagation"
    assert resource.describe(request).phase is (Phase.GONE if request_type == "Delete" else Phase.READY)
