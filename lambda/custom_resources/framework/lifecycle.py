"""The life of one custom resource, without AWS: what a request starts, and when what it asked for is reached.

`begin` starts, `look` is repeated until the resource is READY (Create, Update) or GONE (Delete). Both may be repeated
at any time: processes die, answers get lost, Lambda delivers twice.
"""

import calendar
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

SCHEMA_VERSION = 1
DEFAULT_SERVICE_TIMEOUT = 3600
# The id of what was never made: its properties name nothing.
NOT_MADE = "{}-not-made"


class Phase(Enum):
    IN_PROGRESS = "in progress"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True)
class Snapshot:
    """What a look at the resource showed. Only READY carries attributes (CloudFormation's Fn::GetAtt).

    `waiting_for` is for the user, should the time run out.
    """

    phase: Phase
    attributes: Mapping[str, str] = field(default_factory=dict)
    waiting_for: str = ""


@dataclass(frozen=True)
class Request:
    """CloudFormation's request, without the parts that a resource must not see (the presigned ResponseURL).

    `token` names this very request. CloudFormation gives the same RequestId to a deploy that is tried again, but never
    the same ResponseURL: the token is a hash of both, so that a retry buys anew instead of meeting what failed.
    """

    request_type: str
    request_id: str
    token: str
    logical_id: str
    stack_id: str
    physical_id: str
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        return cls(
            request_type=event["RequestType"],
            request_id=event["RequestId"],
            token=hashlib.sha256(f"{event['RequestId']} {event['ResponseURL']}".encode()).hexdigest(),
            logical_id=event["LogicalResourceId"],
            stack_id=event["StackId"],
            physical_id=event.get("PhysicalResourceId", ""),
            properties=event["ResourceProperties"],
            old_properties=event.get("OldResourceProperties") or {},
        )

    @property
    def is_delete(self) -> bool:
        return self.request_type == "Delete"

    @property
    def service_timeout(self) -> int:
        """Seconds that CloudFormation waits for the answer."""
        given = str(self.properties.get("ServiceTimeout", ""))
        return int(given) if given.isdigit() else DEFAULT_SERVICE_TIMEOUT


class ResourceFailedError(Exception):
    """When a resource cannot be brought to the wanted state: the message is what CloudFormation shows."""


class AsyncResource(Protocol):
    """Every method may be called again with the same request: each brings the resource closer, none twice as far.

    `name_property` is the property that is the physical id; empty where the id is made of something else.
    """

    name_property: str

    def physical_id(self, request: Request) -> str:
        """The stable name that the properties give; another one on Update means replacement."""
        ...

    def create(self, request: Request) -> Mapping[str, str]: ...

    def update(self, request: Request) -> Mapping[str, str]: ...

    def delete(self, request: Request) -> None:
        """Ask for the end; absent, foreign or busy is not an error (describe tells, and delete is called again)."""
        ...

    def describe(self, request: Request) -> Snapshot: ...


def sent_at(response_url: str) -> float | None:
    """When CloudFormation signed the URL, in seconds since 1970, or None: older requests have older URLs."""
    dates = parse_qs(urlsplit(response_url).query).get("X-Amz-Date", [])
    match = re.fullmatch(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", dates[0]) if dates else None
    if match is None:
        return None
    return float(calendar.timegm((*map(int, match.groups()), 0, 0, 0)))


def begin(resource: AsyncResource, request: Request) -> Mapping[str, str]:
    """Start what the request asks for; returns attributes that are known already."""
    if request.is_delete:
        resource.delete(request)
        return {}
    refuse_newer_schema(request)
    makes_new = request.request_type == "Create" or resource.physical_id(request) != request.physical_id
    return resource.create(request) if makes_new else resource.update(request)


def look(resource: AsyncResource, request: Request, *, believe_absence: bool) -> tuple[bool, Snapshot]:
    """Whether the wanted end is reached. `believe_absence` is False while Bedrock's lists may lag behind."""
    snapshot = resource.describe(request)
    absent = snapshot.phase is Phase.GONE
    if request.is_delete:
        if not absent:
            resource.delete(request)
        return absent and believe_absence, snapshot
    if absent and believe_absence:
        raise ResourceFailedError(f"{resource.physical_id(request)} disappeared while it was made; deploy again")
    return snapshot.phase is Phase.READY, snapshot


def can_exist(resource: AsyncResource, request: Request) -> bool:
    """Whether the properties name anything: a Create with properties that cannot be read has made nothing."""
    try:
        return bool(resource.physical_id(request))
    except ResourceFailedError:
        return False


def leftover(resource: AsyncResource, request: Request) -> Request | None:
    """The Delete for what a failed replacement left, where no other request is for that.

    Update: CloudFormation goes back to the old id and tells of no other. It shows in the id that CloudFormation holds:
    it is the one that is wanted, and not the one that the properties before it name. (In a replacement that goes
    forward the id is the one to be replaced.)
    Delete: after a rollback that failed, the id is the new one and the properties are the old ones.
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
    invented = request.physical_id.startswith(f"{request.stack_id.split('/')[1]}-{request.logical_id}-")
    not_made = request.physical_id == NOT_MADE.format(request.logical_id)
    if not resource.name_property or invented or not_made or request.physical_id == resource.physical_id(request):
        return None
    return replace(request, properties={**request.properties, resource.name_property: request.physical_id})


def refuse_newer_schema(request: Request) -> None:
    version = str(request.properties.get("SchemaVersion", SCHEMA_VERSION))
    if not version.isdigit() or int(version) > SCHEMA_VERSION:
        raise ResourceFailedError(
            f"property SchemaVersion must be {SCHEMA_VERSION} or less, got {version}: a newer kit wrote it; "
            "deploy with that kit"
        )


def error_code(error: BaseException) -> str:
    """The AWS error code of a boto3 ClientError, or an empty text."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
