"""What the function is asked: a tick of the schedule, a person through kit, or a budget through SNS. Pure.

  {"action": "reconcile", "name": NAME?}           towards what schedule, expiry and holds want
  {"action": "release", "reason": TEXT, ...}      held released; "budget": until the next month, else until resumed
  {"action": "buy", "name": NAME, "hours": N?}    held bought for N hours, or until the schedule's next closing
  {"action": "resume", "name": NAME?}             no hold any more: back to the schedule
  {"action": "migrate", "name": NAME, "model_units": N, "commitment": TEXT?}   to another size, without a gap
  {"action": "status", "name": NAME?}             nothing is changed, only told
Without a name all throughputs are meant. `wait` false: one step only, for a caller who wants an answer now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_resources.framework.lifecycle import ResourceFailedError
from custom_resources.provisioned_throughput.ledger import Size

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
    """Raises ResourceFailedError for what is none of the above: a budget's message must not be lost in silence."""
    if "Records" in event:
        return [_from_sns(record) for record in event["Records"]]
    return [_parsed(event)]


def _from_sns(record: Mapping[str, Any]) -> Request:
    message = record["Sns"]["Message"]
    topic = str(record["Sns"].get("TopicArn", "an SNS topic")).rpartition(":")[2]
    try:
        content = json.loads(message)
    except json.JSONDecodeError:
        # AWS Budgets sends prose. Only a topic for hard stops is subscribed to this function.
        content = {"action": "release", "reason": BUDGET}
    return _parsed({"who": topic, **content} if isinstance(content, dict) else {})


def _parsed(event: Mapping[str, Any]) -> Request:
    action = event.get("action")
    if action not in ACTIONS:
        raise ResourceFailedError(
            f"action must be one of {', '.join(ACTIONS)}, got {action!r}; see kit capacity --help"
        )
    if action in ("buy", "migrate") and not event.get("name"):
        raise ResourceFailedError(f"{action} needs the name of one throughput; nothing was bought")
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
