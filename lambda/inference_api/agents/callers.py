"""Who talks to an agent, and in which session: no key, and no user of a key, reaches the session of another.

AgentCore tells sessions apart by runtimeSessionId, and whose memory it is by actorId.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-memory.html#_per_user_memory_scoping_with_actor_id
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from inference_api.errors import ApiError

_USER_DIGITS = 32


class Caller(NamedTuple):
    """`key_name`: of the API key. `user`: whom the key's holder answers, "" if they don't say. `session_id`: theirs."""

    agent: str
    key_name: str
    user: str
    session_id: str

    @property
    def runtime_session_id(self) -> str:
        """33 to 100 characters, and of this key and user only, whatever session id they choose."""
        return hashlib.sha256("\0".join(self).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def actor_id(self) -> str:
        """Namespaces of long-term memory have it as one segment of a path."""
        if not self.user:
            return self.key_name
        digest = hashlib.sha256(self.user.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.key_name}_{digest[:_USER_DIGITS]}"


def checked_key(key_name: str | None) -> str:
    """Raises ApiError 403 without one: all such callers would share sessions and memory."""
    if key_name:
        return key_name
    message = "agents need an API key, which separates sessions and memory; send x-api-key or Authorization: Bearer"
    raise ApiError(403, "key_required", message)
