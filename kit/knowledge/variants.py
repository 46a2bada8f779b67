"""The ways to ask that an evaluation compares: each knowledge base with each setting."""

import itertools
from dataclasses import dataclass

from kit.knowledge.abilities import check_filter, check_hybrid
from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.knowledge.described import Description, described
from kit.knowledge.search import Search, search_for
from kit_contract.errors import InputError
from kit_contract.vector_stores import MANAGED


@dataclass(frozen=True)
class Variant:
    search: Search
    description: Description

    @property
    def name(self) -> str:
        search = self.search
        how = ("hybrid" if search.hybrid else "semantic") + (", reranked" if search.rerank_arn else "")
        how = "as AWS decides" if search.managed else how
        return f"{search.knowledge_base.name}: {search.results}, {how}"


def variants(
    deployed: Deployed,
    knowledge_bases: list[KnowledgeBase],
    *,
    results: list[int],
    hybrid: bool,
    rerank: bool,
    filters: dict[str, object] | None,
) -> list[Variant]:
    """The plain search first; `hybrid` and `rerank` add variants beside it. Raises InputError."""
    found = []
    several = len(knowledge_bases) > 1
    for knowledge_base in knowledge_bases:
        description = described(deployed, knowledge_base)
        check_filter(knowledge_base, description, filters)
        if hybrid and not several:
            check_hybrid(knowledge_base, description)
        ways = itertools.product(results, [False, True] if hybrid else [False], [False, True] if rerank else [False])
        for count, with_words, reranked in ways:
            if (with_words and not description.hybrid) or (reranked and description.store == MANAGED and several):
                continue  # another store beside it has it
            search = search_for(
                deployed, knowledge_base, results=count, hybrid=with_words, rerank=reranked, filters=filters
            )
            found.append(Variant(search, description))
    return found


def numbers(text: str) -> list[int]:
    """Of `--results 3,5,10`. Raises InputError."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise InputError(f"--results must be numbers separated by commas, such as 3,5,10, got {text}")
    return list(dict.fromkeys(map(int, parts)))
