"""The function's requests: from a tick of the schedule, a person through kit, or a budget through SNS. Pure.

  {"action": "reconcile", "name": NAME?}          move to what expiry, override and schedule want
  {"action": "release", "reason": TEXT, ...}      override: released until resumed; "budget": until the next month
  {"action": "buy", "name": NAME, "hours": N?}    override: bought for N hours, or until the schedule closes next
  {"action": "resume", "name": NAME?}             lift the override: back to the schedule
  {"action": "migrate", "name": NAME, "model_units": N, "commitment": TEXT?}   move to another size without a gap
  {"action": "status", "name": NAME?}             report, change nothing
Without a name a request is for all throughputs. With `wait` false it takes one step, for an answer at once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_resources.provisioned_throughput.ledger import Size
from kit_contract.errors import InputError

ACTIONS = ("reconcile", "release", "buy", "resume", "migrate", "status")
BUDGET = "budget"


@dataclass(frozen=True)
class Request:
    action: str
    name: str | None = None
    reason: str = "released by a person"
    who: str = "unknown"
    hours: float | None = None
    wait: bool = True
    size: Size | None = None


def requests_of(event: Mapping[str, Any]) -> list[Request]:
    """Raises InputError for anything else: a budget's message must not be ignored."""
    if "Records" in event:
        return [_from_sns(record) for record in event["Records"]]
    return [_parsed(event)]


def _from_sns(record: Mapping[str, Any]) -> Request:
    message = record["Sns"]["Message"]
    topic = str(record["Sns"].get("TopicArn", "an SNS topic")).rpartition(":")[2]
    try:
        content = json.loads(message)
    except json.JSONDecodeError:
        # AWS Budgets sends prose, and the only topic that this function subscribes to is the one for hard stops.
        content = {"action": "release", "reason": BUDGET}
    return _parsed({"who": topic, **content} if isinstance(content, dict) else {})


def _parsed(event: Mapping[str, Any]) -> Request:
    action = event.get("action")
    if action not in ACTIONS:
        raise InputError(f"action must be one of {', '.join(ACTIONS)}, got {action!r}; see kit capacity --help")
    if action in ("buy", "migrate") and not event.get("name"):
        raise InputError(f"{action} needs the name of one throughput; nothing was bought")
    hours = event.get("hours")
    return Request(
        action=action,
        name=event.get("name"),
        reason=str(event.get("reason") or Request.reason),
        who=str(event.get("who") or Request.who),
        hours=float(hours) if hours is not None else None,
        wait=bool(event.get("wait", True)),
        size=Size(int(event["model_units"]), event.get("commitment")) if action == "migrate" else None,
    )
