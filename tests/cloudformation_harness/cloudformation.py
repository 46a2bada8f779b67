"""CloudFormation as documented, for stacks of custom resources.

a failed Create is followed by a Delete with the id of the FAILED answer
a Create still under way when another resource fails is cancelled and followed by a Delete with an invented id
a failed update is followed by Updates with the properties swapped, and Deletes of what is new
an answer with another id is a replacement: the old id is deleted in the cleanup, whose failures are not reported
"""

import string
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.cloudformation_harness.conversation import Conversation, Properties, Sent
from tests.cloudformation_harness.virtual_time import Process
from tests.cloudformation_harness.world import World

# No operation starts in the second in which the last one ended.
BETWEEN_OPERATIONS_SECONDS = 2.0
Template = dict[str, tuple[str, Properties]]


@dataclass(frozen=True)
class Existing:
    """A resource as the stack knows it."""

    resource_type: str
    properties: Properties
    physical_id: str
    status: str = "COMPLETE"


class Stack(Conversation):
    """Operations run as processes: start one with `run`, or several at once with the scheduler."""

    def __init__(self, world: World, name: str = "sup-training") -> None:
        super().__init__(world, name)
        self.resources: dict[str, Existing] = {}
        self.abandoned: list[str] = []
        self.status = "NONE"
        self.adopts_failed_ids = False

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
        """Start it only: the test moves the time."""
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
        if verb == "UPDATE":  # within one second an update and its rollback could not be told apart
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

    def _after(self, name: str, wanted: tuple[str, Properties], request: Sent) -> Existing:
        held = self.resources[name].physical_id if name in self.resources else self._invented(name)
        return Existing(wanted[0], wanted[1], request.physical_id or held, request.status)

    def _invented(self, name: str) -> str:
        suffix = "".join((string.ascii_uppercase + string.digits)[(len(self.requests) * 7 + i) % 36] for i in range(13))
        return f"{self.name}-{name}-{suffix}"
