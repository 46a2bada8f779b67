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
    if found is None or ended(found.started, found.used, idle_seconds, lifetime_seconds):
        found = Session(time.time(), time.time())
        _sessions[key] = found
    found.used = time.time()
    return found


def ended(started: float, used: float, idle_seconds: float, lifetime_seconds: float) -> bool:
    """Whether the session's machine has gone."""
    return elapsed(used) > idle_seconds or elapsed(started) > lifetime_seconds


def to_continue(history: list[Message], messages: list[Message]) -> list[Message]:
    """The whole turns before `messages`, and after the call of an inline function the question that it was for.

    A turn that ended without the assistant's answer is left out: roles alternate, and each toolUse has its toolResult.
    """
    turns = _turns(history)
    asked = turns.pop() if messages[0]["role"] == "assistant" and turns and not _is_whole(turns[-1]) else []
    return [message for turn in turns if _is_whole(turn) for message in turn] + asked


def _turns(messages: list[Message]) -> list[list[Message]]:
    """Each begins with a user's message without results of tools."""
    turns: list[list[Message]] = []
    for message in messages:
        if not turns or (message["role"] == "user" and not _has(message, "toolResult")):
            turns.append([])
        turns[-1].append(message)
    return turns


def _is_whole(turn: list[Message]) -> bool:
    return turn[0]["role"] == "user" and turn[-1]["role"] == "assistant" and not _has(turn[-1], "toolUse")


def _has(message: Message, kind: str) -> bool:
    return any(kind in block for block in message["content"])
