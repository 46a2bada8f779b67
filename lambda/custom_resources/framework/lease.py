"""The lease on a custom resource: only the newest request is worked on, by one invocation at a time, with one answer.

The table belongs to one stack. It has an item for each resource, under its logical id (attribute Resource):
  NewestRequest, RequestOrder  token of the newest request, and its place in time: an older request is superseded
  PreviousRequest              token of the request before it
  LeaseHolder, LeaseExpires    the invocation at work; its lease expires when Lambda would have ended it
  FirstSeen                    when the newest request arrived
  WorkStarted, KnownData       whether the work was started, and the attributes that it returned
  Answer, Delivered            the answer for CloudFormation: decided once, sent until it is delivered
  Outcome, PreviousOutcome     how the newest request ended, and how the one before it did

A Delete may arrive while the Create is still running. It becomes the newest request, the Create notices at its next
step and stops, and then the Delete acquires the lease: nothing is created behind its back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custom_resources.framework.errors import SupersededError, error_code
from custom_resources.framework.request import Request

if TYPE_CHECKING:
    # boto3's DynamoDB client, narrowed to the two methods in use: the kit does not install its type stubs.
    from typing import Protocol

    class DynamoDB(Protocol):
        def update_item(self, **parameters: Any) -> Mapping[str, Any]: ...

        def get_item(self, **parameters: Any) -> Mapping[str, Any]: ...


RANKS = {"Create": 0, "Update": 1, "Delete": 2}


@dataclass(frozen=True)
class Progress:
    """What earlier invocations for the same request did."""

    first_seen: float
    started: bool
    data: Mapping[str, str]
    answer: bytes | None
    delivered: bool
    after_success: bool


class Lease:
    """The lease of one invocation, `holder`, on the resource of `request`."""

    def __init__(self, dynamodb: "DynamoDB", table: str, request: Request, *, holder: str) -> None:
        self._dynamodb = dynamodb
        self._where: dict[str, Any] = {"TableName": table, "Key": {"Resource": {"S": request.logical_id}}}
        self._request = request
        self._holder = _text(holder)

    def register(self, now: float) -> None:
        """Make this the newest request, unless it is that already or was superseded.

        The order is that of the signed URLs, which have a resolution of one second. Within a second a Delete follows an
        Update, an Update follows a Create, and of two Updates the one that arrives first cannot return: it is the one
        that the second, a rollback, undoes.
        """
        request = self._request
        order = int(request.sent_at if request.sent_at is not None else now) * len(RANKS) + RANKS[request.request_type]
        self._update(
            "SET PreviousRequest = if_not_exists(NewestRequest, :none), NewestRequest = :request,"
            " PreviousOutcome = if_not_exists(Outcome, :none), RequestOrder = :order, FirstSeen = :now"
            " REMOVE Outcome, WorkStarted, KnownData, Answer, Delivered",
            "attribute_not_exists(NewestRequest)"
            " OR (RequestOrder <= :order AND NewestRequest <> :request AND PreviousRequest <> :request)",
            {":request": _text(request.token), ":order": _number(order), ":now": _number(now), ":none": _text("NONE")},
        )

    def acquire(self, now: float, expires: float) -> Progress | None:
        """Acquire or renew the lease until `expires`; None while another invocation holds it.

        Raises SupersededError.
        """
        acquired = self._update_newest(
            "SET LeaseHolder = :holder, LeaseExpires = :expires",
            {":holder": self._holder, ":expires": _number(expires), ":now": _number(now)},
            condition="(attribute_not_exists(LeaseHolder) OR LeaseExpires < :now OR LeaseHolder = :holder)",
        )
        item = self.require_newest()
        return _progress(item) if acquired else None

    def require_newest(self) -> Mapping[str, Any]:
        """The item. Raises SupersededError."""
        item: Mapping[str, Any] = self._dynamodb.get_item(**self._where, ConsistentRead=True).get("Item", {})
        if item.get("NewestRequest") != _text(self._request.token):
            raise SupersededError("a newer request for this resource has arrived")
        return item

    def record_start(self, data: Mapping[str, str]) -> None:
        """The work was started: the next invocation does not start it again."""
        values = {":yes": {"BOOL": True}, ":data": _text(json.dumps(dict(data)))}
        self._update_newest("SET WorkStarted = :yes, KnownData = :data", values)

    def record_answer(self, answer: bytes) -> None:
        """From now on every invocation for this request gives this answer. Raises SupersededError."""
        if not self._update_newest("SET Answer = :answer", {":answer": _text(answer.decode())}):
            raise SupersededError("a newer request for this resource has arrived")

    def record_delivery(self, outcome: str) -> None:
        """CloudFormation has the answer; the lease ends."""
        values = {":yes": {"BOOL": True}, ":outcome": _text(outcome)}
        self._update_newest("SET Delivered = :yes, Outcome = :outcome REMOVE LeaseHolder, LeaseExpires", values)

    def release(self) -> None:
        """End the lease, if this invocation holds it."""
        self._update("REMOVE LeaseHolder, LeaseExpires", "LeaseHolder = :holder", {":holder": self._holder})

    def _update_newest(self, change: str, values: Mapping[str, Any], *, condition: str = "") -> bool:
        """`change`, if this is the newest request and `condition` is true."""
        both = f"NewestRequest = :request AND {condition}" if condition else "NewestRequest = :request"
        return self._update(change, both, {**values, ":request": _text(self._request.token)})

    def _update(self, change: str, condition: str, values: Mapping[str, Any]) -> bool:
        """Whether `condition` was true and the change was made."""
        try:
            self._dynamodb.update_item(
                **self._where,
                UpdateExpression=change,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except Exception as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _progress(item: Mapping[str, Any]) -> Progress:
    answer = item.get("Answer", {}).get("S")
    return Progress(
        first_seen=float(item["FirstSeen"]["N"]),
        started="WorkStarted" in item,
        data=json.loads(item.get("KnownData", {}).get("S", "{}")),
        answer=answer.encode() if answer is not None else None,
        delivered="Delivered" in item,
        after_success=item.get("PreviousOutcome", {}).get("S") == "SUCCESS",
    )


def _text(value: str) -> dict[str, str]:
    return {"S": value}


def _number(value: float) -> dict[str, str]:
    return {"N": str(value)}
