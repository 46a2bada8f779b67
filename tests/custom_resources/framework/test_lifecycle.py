"""What a request starts, and when the resource is where it should be."""

import pytest

from bedrock_constructs.custom_resources import provider
from custom_resources.framework import lifecycle
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event
from tests.custom_resources.framework.scripted_resource import ScriptedResource


def request(request_type: str, **properties: object) -> Request:
    return Request.from_event(event(request_type, properties or {"Name": "sup-support"}))


def test_an_update_with_the_same_id_updates_and_with_another_one_creates() -> None:
    resource = ScriptedResource()

    lifecycle.begin(resource, request("Update"))
    lifecycle.begin(resource, request("Update", Name="other"))

    assert resource.calls == ["update", "create"]


def test_a_resource_that_vanishes_while_it_is_made_fails_once_absence_is_believed() -> None:
    resource = ScriptedResource(Snapshot(Phase.GONE), Snapshot(Phase.GONE))

    assert not lifecycle.look(resource, request("Create"), believe_absence=False)[0]
    with pytest.raises(ResourceFailedError, match="disappeared"):
        lifecycle.look(resource, request("Create"), believe_absence=True)


def test_a_delete_is_asked_again_until_gone() -> None:
    resource = ScriptedResource(Snapshot(Phase.IN_PROGRESS), Snapshot(Phase.GONE))

    looks = [lifecycle.look(resource, request("Delete"), believe_absence=True)[0] for _ in range(2)]

    assert looks == [False, True]
    assert resource.calls == ["describe", "delete", "describe"]


def test_properties_that_cannot_be_read_have_made_nothing() -> None:
    assert lifecycle.can_exist(ScriptedResource(), request("Delete"))
    assert not lifecycle.can_exist(ScriptedResource(), request("Delete", Name=None))


@pytest.mark.parametrize(
    ("held", "old", "new", "abandoned"),
    [
        ("a", "a", "b", None),  # a replacement that goes forward
        ("a", "b", "a", "b"),  # back from a failed one, the id was kept
        ("b", "b", "a", None),  # back from one that had succeeded: CloudFormation deletes b
        ("a", "a", "a", None),
        ("a", None, "a", None),
    ],
)
def test_what_a_failed_replacement_left_is_told_from_what_is_to_be_replaced(
    held: str, old: str | None, new: str, abandoned: str | None
) -> None:
    more = {"PhysicalResourceId": held, "OldResourceProperties": {"Name": old}}
    update = Request.from_event(event("Update", {"Name": new}, **more))

    found = lifecycle.leftover(ScriptedResource(), update)

    assert (found.physical_id if found else None) == abandoned
    assert found is None or found.is_delete


@pytest.mark.parametrize(
    ("held", "named", "abandoned"),
    [("b", "a", "b"), ("a", "a", None), ("sup-training-Thing-1X2Y3Z", "a", None), ("Thing-not-made", "a", None)],
)
def test_a_delete_after_a_rollback_that_failed_is_for_the_id_and_for_the_properties(
    held: str, named: str, abandoned: str | None
) -> None:
    delete = Request.from_event(event("Delete", {"Name": named}, PhysicalResourceId=held))

    found = lifecycle.leftover(ScriptedResource(), delete)

    assert (found.properties["Name"] if found else None) == abandoned


@pytest.mark.parametrize("version", ["2", "x"])
def test_properties_of_a_newer_kit_are_refused(version: str) -> None:
    with pytest.raises(ResourceFailedError, match="a newer release of the kit wrote it"):
        lifecycle.begin(ScriptedResource(), request("Create", Name="a", SchemaVersion=version))


def test_the_constructs_write_the_version_that_the_function_knows() -> None:
    assert provider.SCHEMA_VERSION == lifecycle.SCHEMA_VERSION
