"""Asks the targets of an alias, and searches knowledge bases if the request lets the model do so; or asks an agent.

Few requests do either: the others, and a cold start with them, do without the modules for it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from inference_api import conversation
from kit_contract.agents import MODEL_PREFIX

if TYPE_CHECKING:
    from inference_api.aws.client import Event
    from inference_api.conversation import Turn
    from inference_api.fallback import Served
    from inference_api.found_passages import KnowledgeSearch
    from inference_api.http_messages import Facts
    from inference_api.service import Service


def converse(turn: Turn, search: KnowledgeSearch | None, service: Service, facts: Facts) -> Served[dict[str, Any]]:
    """As conversation.converse. Raises ApiError also for unknown knowledge bases."""
    if turn.alias.startswith(MODEL_PREFIX):
        from inference_api.agents import as_model

        return as_model.converse(turn, search, service, facts)
    if search is None:
        return conversation.converse(turn, service, facts)
    from inference_api import knowledge_search

    return knowledge_search.converse(turn, search, service, facts)


def converse_stream(
    turn: Turn, search: KnowledgeSearch | None, service: Service, facts: Facts
) -> Served[Generator[Event, None, None]]:
    """As conversation.converse_stream. Raises ApiError also for unknown knowledge bases."""
    if turn.alias.startswith(MODEL_PREFIX):
        from inference_api.agents import as_model

        return as_model.converse_stream(turn, search, service, facts)
    if search is None:
        return conversation.converse_stream(turn, service, facts)
    from inference_api import knowledge_search

    return knowledge_search.converse_stream(turn, search, service, facts)
