"""What a search asks for that not every store of a knowledge base has, refused before a call.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html (startsWith works with
OpenSearch Serverless only), https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.knowledge.described import MANAGED, Description, described
from kit_contract.errors import InputError
from kit_contract.retrieval_filter import GROUPS, OPERATORS, OPERATORS_OF_SOME

PREFIXES, SUBSTRINGS = OPERATORS_OF_SOME
WITH_PREFIXES = "OPENSEARCH_SERVERLESS"
WITHOUT_SUBSTRINGS = ("S3_VECTORS", MANAGED)


def check_store(deployed: Deployed, knowledge_base: KnowledgeBase, *, hybrid: bool, filters: Any) -> None:
    """Its store is looked at only if not every store can do what is asked. Raises InputError."""
    if hybrid or set(_operators(filters)) & set(OPERATORS_OF_SOME):
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
    """`filters` is a filter that filter_from has accepted."""
    for operator in _operators(filters):
        misses_prefixes = operator == PREFIXES and description.store != WITH_PREFIXES
        if misses_prefixes or (operator == SUBSTRINGS and description.store in WITHOUT_SUBSTRINGS):
            raise InputError(
                f"--filter: the store of {knowledge_base.name} ({description.store}) has no {operator}; use one of "
                f"{', '.join(OPERATORS)}"
            )


def _operators(filters: Mapping[str, Any] | None) -> Iterator[str]:
    for operator, operand in (filters or {}).items():
        yield operator
        if operator in GROUPS:
            for part in operand:
                yield from _operators(part)
