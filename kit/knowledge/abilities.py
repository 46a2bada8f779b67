"""What a search asks for that not every store of a knowledge base has, refused before a call."""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.knowledge.described import Description, described
from kit_contract.errors import InputError
from kit_contract.retrieval_filter import GROUPS, RetrievalFilterError, checked_filter
from kit_contract.vector_stores import MANAGED, operators_missing


def check_store(deployed: Deployed, knowledge_base: KnowledgeBase, *, hybrid: bool, filters: Any) -> None:
    """Its store is looked at only if not every store can do what is asked. Raises InputError."""
    if hybrid or set(_operators(filters)) & set(operators_missing(MANAGED)):
        description = described(deployed, knowledge_base)
        check_filter(knowledge_base, description, filters)
        if hybrid:
            check_hybrid(knowledge_base, description)


def check_hybrid(knowledge_base: KnowledgeBase, description: Description) -> None:
    if not description.hybrid:
        raise InputError(
            f"the store of {knowledge_base.name} ({description.store}) has no hybrid search; leave out --hybrid, "
            "or choose a store that has it (docs/knowledge-bases.md)"
        )


def check_filter(knowledge_base: KnowledgeBase, description: Description, filters: Any) -> None:
    if filters is None:
        return
    try:
        checked_filter(filters, "--filter", description.store, knowledge_base.name)
    except RetrievalFilterError as error:
        raise InputError(str(error)) from None


def _operators(filters: Mapping[str, Any] | None) -> Iterator[str]:
    for operator, operand in (filters or {}).items():
        yield operator
        if operator in GROUPS:
            for part in operand:
                yield from _operators(part)
