"""CloudFormation by the book, for stacks of custom resources.

an answer counts once, if its RequestId, StackId and LogicalResourceId are the request's, in at most 4,096 bytes
no answer in ServiceTimeout: the request failed
a failed Create is followed by a Delete with the id of the FAILED answer
a Create still under way when another resource fails is cancelled and followed by a Delete with an invented id
a failed update is followed by Updates with the properties swapped, and Deletes of what is new
an answer with another id replaces: the old id is deleted in the cleanup, whose failures nobody is told
"""

import json
import string
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.cloudformation_harness.virtual_time import Process, Signal
from tests.cloudformation_harness.world import World

ACCOUNT_ARN = "arn:aws:cloudformation:us-east-1:111122223333:stack"
BODY_LIMIT = 4096
# Nobody starts the next operation in the second in which one ended.
BETWEEN_OPERATIONS_SECONDS = 2.0
Properties = Mapping[str, Any]
Template = dict[str, tuple[str, Properties]]


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


@dataclass(frozen=True)
class Existing:
    """A resource as the stack knows it."""

    resource_type: str
    properties: Properties
    physical_id: str
    status: str = "COMPLETE"


class Stack:
    """Operations run as processes: start one with `run`, or several at once with the scheduler."""

    def __init__(self, world: World, name: str = "sup-training") -> None:
        self.world = world
        self.name = name
        self.stack_id = f"{ACCOUNT_ARN}/{name}/{uuid.UUID(int=7)}"
        self.resources: dict[str, Existing] = {}
        self.requests: list[Sent] = []
        self.abandoned: list[str] = []
        self.status = "NONE"
        self.deliveries = 1
        self.delivery_delay: Callable[[str], float] = lambda request_type: 0.0
        self.adopts_failed_ids = False
        self.reuses_request_ids = False
        self._news = Signal()
        world.receive = self.receive

    # What a user does

    def run(self, operation: Callable[[], None]) -> str:
        """Run it, and whatever it started, to the end."""
        process = self.world.scheduler.spawn(operation, "cloudformation")
        self.world.scheduler.run()
        self.world.scheduler.now += BETWEEN_OPERATIONS_SECONDS
        if process.error:
            raise process.error
        return self.status

    def create(self, template: Template, *, sibling_fails_after: float | None = None) -> str:
        return self.run(lambda: self._deploy(template, "CREATE", sibling_fails_after))

    def update(self, template: Template, *, sibling_fails_after: float | None = None) -> str:
        return self.run(lambda: self._deploy(template, "UPDATE", sibling_fails_after))

    def delete(self) -> str:
        return self.run(self._delete)

    def deploying(self, template: Template) -> Process:
        """The same, only begun: the test says how far time goes."""
        verb = "UPDATE" if self.resources else "CREATE"
        return self.world.scheduler.spawn(lambda: self._deploy(template, verb, None), "cloudformation")

    # Operations

    def _deploy(self, template: Template, verb: str, sibling_fails_after: float | None) -> None:
        before, began = dict(self.resources), self.world.scheduler.now
        sent = {name: self._send_for(name, *template[name]) for name in template if self._changed(name, template)}
        failed = not self._await_all(sent, sibling_fails_after)
        if not failed and sibling_fails_after is not None:
            self.world.scheduler.sleep(max(0.0, began + sibling_fails_after - self.world.scheduler.now))
            failed = True
        for name, request in sent.items():
            self.resources[name] = self._after(name, template[name], request)
        if failed:
            self._roll_back(verb, before, sent)
            return
        removed = {name: item for name, item in before.items() if name not in template}
        replaced = {
            name: before[name]
            for name, request in sent.items()
            if name in before and request.physical_id != before[name].physical_id
        }
        self._clean_up({**removed, **replaced})
        self.resources = {name: item for name, item in self.resources.items() if name in template}
        self.status = f"{verb}_COMPLETE"

    def _roll_back(self, verb: str, before: dict[str, Existing], sent: dict[str, Sent]) -> None:
        back: dict[str, Sent] = {}
        if verb == "UPDATE":  # within a second nobody could tell the way back from the way there
            self.world.scheduler.sleep(1.0)
        for name, request in sent.items():
            now = self.resources[name]
            if name not in before:
                back[name] = self._send("Delete", name, now.resource_type, now.properties, now.physical_id)
                continue
            old = before[name]
            adopted = request.status == "SUCCESS" or (self.adopts_failed_ids and request.status == "FAILED")
            held = request.physical_id if adopted else old.physical_id
            back[name] = self._send("Update", name, old.resource_type, old.properties, held, now.properties)
        fine = self._await_all(back, None, stops_at_failure=False)
        cleanup = {}
        for name, request in back.items():
            if request.event["RequestType"] == "Delete":
                self._forget_deleted(name, request)
                continue
            held = request.event["PhysicalResourceId"]
            if request.status == "SUCCESS" and request.physical_id != held:
                cleanup[name] = replace(self.resources[name], physical_id=held)
            self.resources[name] = replace(before[name], physical_id=request.physical_id or held)
        self._clean_up(cleanup)
        prefix = "" if verb == "CREATE" else "UPDATE_"
        self.status = f"{prefix}ROLLBACK_{'COMPLETE' if fine else 'FAILED'}"

    def _delete(self) -> None:
        sent = {
            name: self._send("Delete", name, item.resource_type, item.properties, item.physical_id)
            for name, item in self.resources.items()
        }
        fine = self._await_all(sent, None, stops_at_failure=False)
        for name, request in sent.items():
            self._forget_deleted(name, request)
        self.status = "DELETE_COMPLETE" if fine else "DELETE_FAILED"

    def _clean_up(self, items: dict[str, Existing]) -> None:
        """Failures are swallowed: the resource is abandoned."""
        for name, item in items.items():
            request = self._send("Delete", name, item.resource_type, item.properties, item.physical_id)
            if not self._await_all({name: request}, None):
                self.abandoned.append(item.physical_id)

    def _forget_deleted(self, name: str, request: Sent) -> None:
        if request.status == "SUCCESS":
            self.resources.pop(name)
        else:
            self.resources[name] = replace(self.resources[name], status="DELETE_FAILED")

    # Requests

    def _changed(self, name: str, template: Template) -> bool:
        return name not in self.resources or self.resources[name].properties != template[name][1]

    def _send_for(self, name: str, resource_type: str, properties: Properties) -> Sent:
        old = self.resources.get(name)
        if old is None:
            return self._send("Create", name, resource_type, properties)
        return self._send("Update", name, resource_type, properties, old.physical_id, old.properties)

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

    def _after(self, name: str, wanted: tuple[str, Properties], request: Sent) -> Existing:
        held = self.resources[name].physical_id if name in self.resources else self._invented(name)
        return Existing(wanted[0], wanted[1], request.physical_id or held, request.status)

    def _invented(self, name: str) -> str:
        suffix = "".join((string.ascii_uppercase + string.digits)[(len(self.requests) * 7 + i) % 36] for i in range(13))
        return f"{self.name}-{name}-{suffix}"


def _as_text(value: Any) -> Any:
    """Every scalar reaches a custom resource as text."""
    if isinstance(value, Mapping):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
