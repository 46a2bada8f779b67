"""How callers follow a knowledge base whose replacement has another id: they read it from a parameter, now and then."""

from constructs import Construct

from kit_contract.environment import DEFAULT_KNOWLEDGE_BASE_SECONDS

SECONDS_CONTEXT = "knowledge_base_seconds"
# A search that began with the old id ends: its longest wait is 30 s (lambda/inference_api/found_passages.py).
LONGEST_SEARCH_SECONDS, SHORTEST_SEARCH_SECONDS = 30, 3


def known_seconds(scope: Construct) -> int:
    """For how long callers use an id that they have read. The context value `knowledge_base_seconds` overrides it."""
    override = scope.node.try_get_context(SECONDS_CONTEXT)
    return DEFAULT_KNOWLEDGE_BASE_SECONDS if override is None else int(override)


def drain_seconds(scope: Construct) -> int:
    """For how long a replaced knowledge base is kept after another id was published."""
    known = known_seconds(scope)
    searching = LONGEST_SEARCH_SECONDS if known == DEFAULT_KNOWLEDGE_BASE_SECONDS else SHORTEST_SEARCH_SECONDS
    return known + searching
