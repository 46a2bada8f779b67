"""Whose turn it is with one custom resource: the newest request's, one process at a time, with one answer.

An item for each resource (the table belongs to one stack; its key Resource is the logical id):
  Request, Sequence   the newest request and its place in time: an older one that comes late changes nothing more
  Passed              the request before it
  Holder, HeldUntil   the invocation at work; the turn of one that died ends when Lambda would have ended it
  Started, Data       that the work was begun, and what it returned
  Answer, Delivered   what CloudFormation is told: decided once, put until it arrived
  Outcome, Before     how this request ended, and the one before it: what a SUCCESS made can be seen by everybody

A Delete that arrives while Create still runs becomes the newest; Create notices at its next step and leaves; then the
Delete gets its lease, and nothing can be made behind its back any more.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custom_resources.framework.lifecycle import Request, error_code

if TYPE_CHECKING:
    # boto3's DynamoDB client, in the two methods in use (the kit does not install its type stubs)
    from typing import Protocol

    class DynamoDB(Protocol):
        def update_item(self, **parameters: Any) -> Mapping[str, Any]: ...

        def get_item(self, **parameters: Any) -> Mapping[str, Any]: ...


RANKS = {"Create": 0, "Update": 1, "Delete": 2}


class SupersededError(Exception):
    """When CloudFormation has sent a newer request for the same resource: nobody waits for this one's answer."""


@dataclass(frozen=True)
class Lease:
    """What earlier invocations for the same request left."""

    first_seen: float
    started: bool
    data: Mapping[str, str]
    answer: bytes | None
    delivered: bool
    after_success: bool


class Leases:
    """The turns of one invocation (`holder`) with the resource of `request`."""

    def __init__(self, dynamodb: "DynamoDB", table: str, request: Request, *, holder: str) -> None:
        self._dynamodb = dynamodb
        self._where: dict[str, Any] = {"TableName": table, "Key": {"Resource": {"S": request.logical_id}}}
        self._request = request
        self._holder = holder

    def claim(self, sent: float, now: float) -> None:
        """Become the newest request, unless a newer one came or this one was it before.

        The URL tells seconds. Within one a Delete comes after an Update, and an Update after a Create; of two Updates
        the one that came first does not come back.
        """
        sequence = int(sent) * len(RANKS) + RANKS[self._request.request_type]
        self._update(
            "SET Passed = if_not_exists(#request, :none), #request = :request, #sequence = :sequence, FirstSeen = :now,"
            " #before = if_not_exists(#outcome, :none)"
            " REMOVE #outcome, Started, #data, Answer, Delivered",
            "attribute_not_exists(#request)"
            " OR (#sequence <= :sequence AND #request <> :request AND Passed <> :request)",
            {":sequence": _number(sequence), ":now": _number(now), ":none": {"S": "NONE"}},
            {"#sequence": "Sequence", "#before": "Before", "#outcome": "Outcome", "#data": "Data"},
        )

    def take(self, now: float, until: float) -> Lease | None:
        """The lease, until it is given back or `until` has passed; None while another invocation has it."""
        taken = self._update(
            "SET #holder = :holder, HeldUntil = :until",
            "#request = :request AND (attribute_not_exists(#holder) OR HeldUntil < :now OR #holder = :holder)",
            {":holder": {"S": self._holder}, ":until": _number(until), ":now": _number(now)},
            {"#holder": "Holder"},
        )
        item = self.require_newest()
        return _turn(item) if taken else None

    def require_newest(self) -> Mapping[str, Any]:
        """The item. Raises SupersededError."""
        item: Mapping[str, Any] = self._dynamodb.get_item(**self._where, ConsistentRead=True).get("Item", {})
        if item.get("Request", {}).get("S") != self._request.token:
            raise SupersededError
        return item

    def started(self, data: Mapping[str, str]) -> None:
        values = {":yes": {"BOOL": True}, ":data": {"S": json.dumps(dict(data))}}
        self._update("SET Started = :yes, #data = :data", "#request = :request", values, {"#data": "Data"})

    def decide(self, answer: bytes) -> None:
        """From now on every invocation for this request gives this answer. Raises SupersededError."""
        decided = self._update("SET Answer = :answer", "#request = :request", {":answer": {"S": answer.decode()}}, {})
        if not decided:
            raise SupersededError

    def finish(self, outcome: str) -> None:
        """The answer has arrived."""
        self._update(
            "SET Delivered = :yes, #outcome = :outcome REMOVE #holder, HeldUntil",
            "#request = :request",
            {":yes": {"BOOL": True}, ":outcome": {"S": outcome}},
            {"#outcome": "Outcome", "#holder": "Holder"},
        )

    def release(self) -> None:
        """Give the turn back, if this invocation has it."""
        self._update(
            "REMOVE #holder, HeldUntil",
            "#holder = :holder",
            {":holder": {"S": self._holder}},
            {"#holder": "Holder"},
        )

    def _update(self, change: str, condition: str, values: dict[str, Any], names: dict[str, str]) -> bool:
        """Whether the condition held and the change was made."""
        if "#request" in change + condition:
            names, values = {**names, "#request": "Request"}, {**values, ":request": {"S": self._request.token}}
        try:
            self._dynamodb.update_item(
                **self._where,
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ExpressionAttributeNames=names,
            )
        except Exception as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _turn(item: Mapping[str, Any]) -> Lease:
    answer = item.get("Answer", {}).get("S")
    return Lease(
        first_seen=float(item["FirstSeen"]["N"]),
        started="Started" in item,
        data=json.loads(item.get("Data", {}).get("S", "{}")),
        answer=answer.encode() if answer is not None else None,
        delivered="Delivered" in item,
        after_success=item.get("Before", {}).get("S") == "SUCCESS",
    )


def _number(value: float) -> dict[str, str]:
    return {"N": str(value)}
