"""Requests to custom resources and their answers, as CloudFormation sends and accepts them.

an answer counts once, if its RequestId, StackId and LogicalResourceId are the request's, in at most 4,096 bytes
no answer in ServiceTimeout: the request failed
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cloudformation_harness.virtual_time import Signal
from tests.cloudformation_harness.world import World

ACCOUNT_ARN = "arn:aws:cloudformation:us-east-1:111122223333:stack"
BODY_LIMIT = 4096
Properties = Mapping[str, Any]


@dataclass
class Sent:
    """One request and what came back."""

    event: dict[str, Any]
    answers: list[bytes] = field(default_factory=list)
    ignored: list[bytes] = field(default_factory=list)
    sent_at: float = 0.0
    answered_at: float = 0.0
    cancelled: bool = False
    status: str = ""
    reason: str = ""
    physical_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)


class Conversation:
    """Of one stack; what a test may set is how requests are delivered."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.stack_id = f"{ACCOUNT_ARN}/{name}/{uuid.UUID(int=7)}"
        self.requests: list[Sent] = []
        self.deliveries = 1
        self.delivery_delay: Callable[[str], float] = lambda request_type: 0.0
        self.reuses_request_ids = False
        self._news = Signal()
        world.receive = self.receive

    def _send(
        self,
        request_type: str,
        name: str,
        resource_type: str,
        properties: Properties,
        physical_id: str | None = None,
        old_properties: Properties | None = None,
    ) -> Sent:
        number = len(self.requests) + 1
        identity = str(
            uuid.uuid5(uuid.UUID(int=0), f"{request_type} {name} {0 if self.reuses_request_ids else number}")
        )
        more = {"PhysicalResourceId": physical_id, "OldResourceProperties": old_properties}
        event = {
            "RequestType": request_type,
            "RequestId": identity,
            "StackId": self.stack_id,
            "ResponseURL": self._presigned(name, number),
            "ResourceType": resource_type,
            "LogicalResourceId": name,
            "ResourceProperties": {"ServiceToken": "arn", "ServiceTimeout": "3600", **_as_text(properties)},
            **{key: _as_text(value) for key, value in more.items() if value is not None},
        }
        request = Sent(event, sent_at=self.world.scheduler.now)
        self.requests.append(request)
        for _ in range(self.deliveries):
            self.world.invoke_async(event, delay=self.delivery_delay(request_type))
        return request

    def _presigned(self, name: str, number: int) -> str:
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.world.scheduler.now))
        return (
            f"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/{name}%7C{number}?"
            f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-Expires=7200&X-Amz-Signature=CANARY{number:08x}"
        )

    def receive(self, url: str, body: bytes) -> int:
        """What the bucket behind the presigned URLs does with a PUT, and CloudFormation with the object."""
        request = next(item for item in self.requests if item.event["ResponseURL"] == url)
        given = json.loads(body)
        echoed = ("RequestId", "StackId", "LogicalResourceId")
        if any(given.get(key) != request.event[key] for key in echoed) or not given.get("PhysicalResourceId"):
            request.ignored.append(body)
            return 200
        request.answers.append(body)
        if len(request.answers) == 1 and not request.cancelled:
            request.answered_at = self.world.scheduler.now
            request.status, request.reason = given["Status"], given.get("Reason", "")
            request.physical_id, request.data = given["PhysicalResourceId"], given.get("Data", {})
            if len(body) > BODY_LIMIT:
                request.status, request.reason = "FAILED", "Response object is too long."
            self.world.scheduler.set(self._news)
        return 200

    def _await_all(
        self, sent: dict[str, Sent], sibling_fails_after: float | None, *, stops_at_failure: bool = True
    ) -> bool:
        """Whether all succeeded. The first failure, also a sibling's, cancels those under way; an hour fails them."""
        limit = 3600.0 if sibling_fails_after is None else min(3600.0, sibling_fails_after)
        end, waiting = self.world.scheduler.now + limit, list(sent.values())
        while waiting and self.world.scheduler.now < end:
            self._news = Signal()
            self.world.scheduler.wait(self._news, end - self.world.scheduler.now)
            waiting = [request for request in waiting if not request.status]
            if stops_at_failure and any(request.status == "FAILED" for request in sent.values()):
                break
        for request in waiting:
            request.cancelled = True
            request.status = "CANCELLED" if self.world.scheduler.now < end or sibling_fails_after else "TIMEOUT"
        return all(request.status == "SUCCESS" for request in sent.values())


def _as_text(value: Any) -> Any:
    """Every scalar reaches a custom resource as text."""
    if isinstance(value, Mapping):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
