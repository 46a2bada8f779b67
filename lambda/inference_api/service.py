"""What the endpoints of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inference_api.aliases import Aliases
from inference_api.bedrock import Clients
from inference_api.fallback import Fallback
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from kit_contract.inference_api import Settings


class Service(NamedTuple):
    """`clock`: seconds since 1970. `new_id`: the random part of the id of an answer."""

    settings: Settings
    clients: Clients
    aliases: Aliases
    fallback: Fallback
    clock: Callable[[], float]
    new_id: Callable[[], str]
    knowledge_base_ids: KnowledgeBaseIds
