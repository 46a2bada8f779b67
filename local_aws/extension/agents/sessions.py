"""Sessions of harnesses without a memory: their messages live as long as the session's machine.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-sessions.html
"""

import time
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import AccountRegionScopedDict

from local_aws.extension.bedrock.clock import elapsed

Message = dict[str, Any]


@dataclass
class Session:
    """`started` and `used` are wall times; a session ends after its idle time, or its lifetime, on Bedrock's clock."""

    started: float
    used: float
    messages: list[Message] = field(default_factory=list)


_sessions = AccountRegionScopedDict()  # (harness ARN, session id) -> Session


def session(harness_arn: str, session_id: str, idle_seconds: float, lifetime_seconds: float) -> Session:
    """The session of this id, a new one after the machine of the old one has gone."""
    key = (harness_arn, session_id)
    found: Session | None = _sessions.get(key)
    if found is None or elapsed(found.used) > idle_seconds or elapsed(found.started) > lifetime_seconds:
        found = Session(time.time(), time.time())
        _sessions[key] = found
    found.used = time.time()
    return found


def whole(messages: list[Message]) -> list[Message]:
    """Without an unfinished turn at the end: each toolUse has its toolResult, and the assistant has the last word."""
    kept = list(messages)
    while kept and (kept[-1]["role"] == "user" or _has(kept[-1], "toolUse")):
        kept.pop()
    return kept


def to_continue(history: list[Message], messages: list[Message]) -> list[Message]:
    """The history before `messages`. After the call of an inline function these begin with the assistant's toolUse."""
    if messages[0]["role"] == "assistant":
        return list(history)
    return whole(history)


def _has(message: Message, kind: str) -> bool:
    return any(kind in block for block in message["content"])
