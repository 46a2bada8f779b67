"""The id of a call that a person has to approve: signed, so that only what was shown can be approved, and unchanged.

Nothing is stored. AgentCore doesn't keep a call of an inline function in the session either: its caller sends call and
result together.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html (Inline function calls)
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from inference_api.fields import invalid

if TYPE_CHECKING:
    from inference_api.agents.callers import Caller

VALID_SECONDS = 3600
_DIGITS = 12
_SIGNATURE_DIGITS = 32  # 128 bits; the id of a call has up to 64 characters
_ID = r"call_([0-9a-f]{1,10})_([0-9a-f]{12})_([0-9a-f]{32})"


class Call(NamedTuple):
    """A call of a confirmed tool. `id`: the signed one, as the caller sees it."""

    id: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def shown(self) -> dict[str, Any]:
        return self._asdict()


def signed_call(
    tool_use_id: str, name: str, arguments: Mapping[str, Any], *, caller: Caller, key: bytes, now: float
) -> Call:
    """`tool_use_id`: the harness's. `now`: seconds since 1970."""
    expiry = f"{int(now) + VALID_SECONDS:x}"
    number = hashlib.sha256(tool_use_id.encode()).hexdigest()[:_DIGITS]
    signature = _signature(caller, expiry, number, name, arguments, key)
    return Call(f"call_{expiry}_{number}_{signature}", name, arguments)


def check(call: Call, *, caller: Caller, key: bytes, now: float, where: str) -> None:
    """Raises ApiError 400 unless the agent has shown this call to `caller`, with these arguments, in the last hour."""
    parts = re.fullmatch(_ID, call.id)
    expiry, number, signature = parts.groups() if parts else ("0", "", "")
    expected = _signature(caller, expiry, number, call.name, call.arguments, key)
    if not hmac.compare_digest(signature, expected):
        message = (
            f"{where} is not a call that this agent has shown in this session, with these arguments; send id, name and "
            "arguments as they were in requires_approval, with the same session_id, user and key"
        )
        raise invalid(where, message, code="unknown_call")
    if int(expiry, 16) < now:
        message = (
            f"{where} was shown over {VALID_SECONDS // 60} minutes ago and is no longer valid; ask the agent again"
        )
        raise invalid(where, message, code="call_expired")


def _signature(caller: Caller, expiry: str, number: str, name: str, arguments: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps([*caller, expiry, number, name, _plain(arguments)], sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256").hex()[:_SIGNATURE_DIGITS]


def _plain(value: Any) -> Any:
    """Numbers as clients in any language send them back: 2.0 as 2."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
