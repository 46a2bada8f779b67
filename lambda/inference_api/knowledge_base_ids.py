"""The id of a knowledge base, read from its parameter now and then: a deploy that replaces one publishes another id.

Until the stack of this API is deployed too, its settings hold the id from before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from inference_api.bedrock import Clients
from kit_contract.inference_api import KnowledgeBase


class KnowledgeBaseIds:
    """Uses an id for `seconds` after it was read: at least so long, a replaced knowledge base is kept."""

    def __init__(self, clients: Clients, clock: Callable[[], float], seconds: float) -> None:
        self._clients = clients
        self._clock = clock
        self._seconds = seconds
        self._read: dict[str, tuple[float, str]] = {}

    def of(self, knowledge_base: KnowledgeBase) -> str:
        """The last known one if SSM does not answer: no request waits for it again before `seconds` are over."""
        name = knowledge_base.parameter
        if name is None:
            return knowledge_base.id
        now = self._clock()
        read_at, known = self._read.get(name, (float("-inf"), knowledge_base.id))
        if now - read_at < self._seconds:
            return known
        with suppress(Exception):  # an answer does not need SSM
            known = self._clients.get_parameters([name]).get(name, known)
        self._read[name] = (now, known)
        return known
