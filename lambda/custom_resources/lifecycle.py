"""The life of one custom resource, without AWS: what CloudFormation's three requests and the polls after them do.

on_event starts, is_complete polls until the resource is READY (Create, Update) or GONE (Delete). A Create that fails
is reported by the first poll, not by on_event: only then does CloudFormation learn the real physical id and send a
Delete that cleans up (the provider framework forgets the id of an on_event that raises, and ignores its Delete).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, TypeVar

PERMISSION_PATIENCE_SECONDS = 120.0
PERMISSION_INTERVAL_SECONDS = 5.0
DATA_LIMIT_BYTES = 3500
REASON_LIMIT = 900
THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedException"})

Result = TypeVar("Result")


class Phase(Enum):
    IN_PROGRESS = "in progress"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True)
class Snapshot:
    """What a look at the resource showed. Only READY carries attributes (CloudFormation's Fn::GetAtt)."""

    phase: Phase
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """CloudFormation's request, without the parts that a resource must not see (the presigned ResponseURL)."""

    request_type: str
    request_id: str
    logical_id: str
    stack_id: str
    physical_id: str
    properties: Mapping[str, Any]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        return cls(
            request_type=event["RequestType"],
            request_id=event["RequestId"],
            logical_id=event["LogicalResourceId"],
            stack_id=event["StackId"],
            physical_id=event.get("PhysicalResourceId", ""),
            properties=event["ResourceProperties"],
        )


class ResourceFailedError(Exception):
    """When a resource cannot be brought to the wanted state: the message is what CloudFormation shows."""


class AsyncResource(Protocol):
    """Every method may be called again with the same request: each brings the resource closer, none twice as far."""

    def physical_id(self, request: Request) -> str:
        """The stable name that the properties give; another one on Update means replacement."""
        ...

    def create(self, request: Request) -> Mapping[str, str]: ...

    def update(self, request: Request) -> Mapping[str, str]: ...

    def delete(self, request: Request) -> None:
        """Ask for the end; absent, foreign or busy is not an error (describe tells, and delete is called again)."""
        ...

    def describe(self, request: Request) -> Snapshot: ...


def on_event(
    event: Mapping[str, Any],
    resource: AsyncResource,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Start what `event` asks for. The answer's StartedAt and Failure come back in every is_complete event."""
    request = Request.from_event(event)
    if request.request_type == "Delete":
        _with_patience(lambda: resource.delete(request), clock, sleep)
        return {"PhysicalResourceId": request.physical_id, "StartedAt": clock()}
    wanted_id = resource.physical_id(request)
    makes_new = request.request_type == "Create" or wanted_id != request.physical_id
    start = resource.create if makes_new else resource.update
    try:
        data = _with_patience(lambda: start(request), clock, sleep)
    except Exception as error:
        if not makes_new:
            raise
        return {"PhysicalResourceId": wanted_id, "StartedAt": clock(), "Failure": reason(error)}
    return {"PhysicalResourceId": wanted_id, "StartedAt": clock(), "Data": _small(data)}


def is_complete(
    event: Mapping[str, Any], resource: AsyncResource, *, clock: Callable[[], float] = time.time
) -> dict[str, Any]:
    """Poll once. Throttling never fails; AccessDenied fails when it lasts longer than IAM takes to spread a policy."""
    if event.get("Failure"):
        raise ResourceFailedError(event["Failure"])
    request = Request.from_event(event)
    try:
        snapshot = resource.describe(request)
        if request.request_type == "Delete":
            return _deleted(resource, request, snapshot)
    except Exception as error:
        if _passes(error, clock() - float(event.get("StartedAt", 0.0))):
            return {"IsComplete": False}
        raise
    if snapshot.phase is Phase.GONE:
        raise ResourceFailedError(f"{request.physical_id} disappeared while it was being made; deploy again")
    if snapshot.phase is Phase.IN_PROGRESS:
        return {"IsComplete": False}
    return {"IsComplete": True, "Data": _small(snapshot.attributes)}


def error_code(error: Exception) -> str:
    """The AWS error code of a boto3 ClientError, or an empty text."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def reason(error: Exception) -> str:
    """A Reason short enough for CloudFormation's 4,096 bytes with the framework's own lines around it."""
    text = str(error) or type(error).__name__
    return text if len(text) <= REASON_LIMIT else f"{text[: REASON_LIMIT - 3]}..."


def _deleted(resource: AsyncResource, request: Request, snapshot: Snapshot) -> dict[str, Any]:
    if snapshot.phase is Phase.GONE:
        return {"IsComplete": True}
    resource.delete(request)
    return {"IsComplete": False}


def _passes(error: Exception, elapsed_seconds: float) -> bool:
    code = error_code(error)
    return code in THROTTLED or (code in DENIED and elapsed_seconds < PERMISSION_PATIENCE_SECONDS)


def _with_patience(action: Callable[[], Result], clock: Callable[[], float], sleep: Callable[[float], None]) -> Result:
    started = clock()
    while True:
        try:
            return action()
        except Exception as error:
            if error_code(error) not in DENIED or clock() - started >= PERMISSION_PATIENCE_SECONDS:
                raise
            sleep(PERMISSION_INTERVAL_SECONDS)


def _small(data: Mapping[str, str]) -> dict[str, str]:
    size = sum(len(f"{key}{value}".encode()) + 8 for key, value in data.items())
    if size > DATA_LIMIT_BYTES:
        raise ResourceFailedError(f"the resource's attributes take {size} bytes, allowed are {DATA_LIMIT_BYTES}")
    return dict(data)
