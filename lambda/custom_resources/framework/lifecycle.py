"""The lifecycle of a custom resource, without AWS: what a request starts, and when the resource is where it should be.

Create, Update  begin -> look, look ... -> READY
Delete          begin -> look, look ... -> GONE
Both are safe to repeat, because processes die, answers get lost and Lambda delivers an event more than once.
"""

from collections.abc import Mapping
from dataclasses import replace

from custom_resources.framework.request import Request
from custom_resources.framework.resource import AsyncResource, Phase, Snapshot
from kit_contract.errors import ResourceFailedError

SCHEMA_VERSION = 1
# The physical id in the answer to a Create whose properties name nothing.
NOT_CREATED_ID = "{}-not-made"


def begin(resource: AsyncResource, request: Request) -> Mapping[str, str]:
    """Start what the request asks for, and return the attributes that are known already."""
    if request.is_delete:
        resource.delete(request)
        return {}
    _refuse_newer_schema(request)
    is_new = request.request_type == "Create" or resource.physical_id(request) != request.physical_id
    return resource.create(request) if is_new else resource.update(request)


def look(resource: AsyncResource, request: Request, *, believe_absence: bool) -> tuple[bool, Snapshot]:
    """Whether the resource is where it should be. `believe_absence` is False while Bedrock's lists may lag behind."""
    snapshot = resource.describe(request)
    absent = snapshot.phase is Phase.GONE
    if request.is_delete:
        if not absent:
            resource.delete(request)
        return absent and believe_absence, snapshot
    if absent and believe_absence:
        raise ResourceFailedError(f"{resource.physical_id(request)} disappeared during its creation; deploy again")
    return snapshot.phase is Phase.READY, snapshot


def can_exist(resource: AsyncResource, request: Request) -> bool:
    """Whether the properties name a resource. A Create whose properties cannot be read has created nothing."""
    try:
        return bool(resource.physical_id(request))
    except ResourceFailedError:
        return False


def leftover(resource: AsyncResource, request: Request) -> Request | None:
    """The Delete for what a failed replacement left behind, if CloudFormation sends no Delete for it.

    Update: a rollback to the old resource. CloudFormation holds the id that the new properties name, and the old
    properties name another one. (In a replacement that goes forward, it holds the id that the old properties name.)
    Delete: after a rollback that failed, the id is the new one while the properties are the old ones.
    """
    if request.is_delete:
        return _named_by_its_id(resource, request)
    if request.request_type != "Update" or not request.old_properties:
        return None
    before = replace(request, request_type="Delete", properties=request.old_properties)
    if not can_exist(resource, before):
        return None
    abandoned, wanted = resource.physical_id(before), resource.physical_id(request)
    return replace(before, physical_id=abandoned) if abandoned != wanted == request.physical_id else None


def _named_by_its_id(resource: AsyncResource, request: Request) -> Request | None:
    invented = request.physical_id.startswith(f"{request.stack_name}-{request.logical_id}-")
    not_created = request.physical_id == NOT_CREATED_ID.format(request.logical_id)
    if not resource.name_property or invented or not_created or request.physical_id == resource.physical_id(request):
        return None
    return replace(request, properties={**request.properties, resource.name_property: request.physical_id})


def _refuse_newer_schema(request: Request) -> None:
    version = str(request.properties.get("SchemaVersion", SCHEMA_VERSION))
    if not version.isdigit() or int(version) > SCHEMA_VERSION:
        raise ResourceFailedError(
            f"property SchemaVersion must be {SCHEMA_VERSION} or less, got {version}: a newer release of the kit wrote "
            "it; deploy with that release"
        )
