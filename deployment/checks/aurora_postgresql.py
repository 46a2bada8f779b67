"""Faults of a knowledge base in Aurora PostgreSQL: what its table cannot hold, and its cluster's settings."""

from collections.abc import Iterator

from deployment.sections.knowledge_base import KnowledgeBase

# pgvector: "vector: up to 2,000 dimensions" for an HNSW index, which Bedrock demands.
# https://github.com/pgvector/pgvector#hnsw
HNSW_DIMENSIONS = 2000


def aurora_postgresql_faults(item: KnowledgeBase) -> Iterator[str]:
    """Each begins with the setting, without the place of its section."""
    settings = item.aurora_postgresql
    if item.store != "aurora-postgresql":
        if settings.model_fields_set:
            yield f'aurora_postgresql: only store = "aurora-postgresql" has it, got {item.store}; remove one of the two'
        return
    if item.dimensions > HNSW_DIMENSIONS:
        yield (
            f"dimensions: an HNSW index of pgvector takes at most {HNSW_DIMENSIONS:,}, got {item.dimensions:,}; use "
            'less, or store = "s3-vectors"'
        )
    if settings.min_capacity > settings.max_capacity:
        yield (
            f"aurora_postgresql.min_capacity: must be at most max_capacity ({settings.max_capacity:g}), "
            f"got {settings.min_capacity:g}; lower it"
        )
    if settings.min_capacity and "pause_seconds" in settings.model_fields_set:
        yield (
            f"aurora_postgresql.pause_seconds: only a min_capacity of 0 pauses, got {settings.min_capacity:g}; "
            "remove one of the two"
        )
    yield from _network_faults(settings.subnet_ids, settings.security_group_ids)


def _network_faults(subnets: list[str], groups: list[str]) -> Iterator[str]:
    if bool(subnets) != bool(groups):
        given, missing = ("subnet_ids", "security_group_ids") if subnets else ("security_group_ids", "subnet_ids")
        yield f"aurora_postgresql.{missing}: missing beside {given}; add it, or remove both for a network of its own"
    elif subnets and len(set(subnets)) < 2:
        yield (
            "aurora_postgresql.subnet_ids: must be in 2 Availability Zones at least, got one subnet; add one of "
            "another zone"
        )
