"""What each store of vectors would cost for the same documents and searches: the stores of a section, side by side.

The searches are spread evenly over a month. Embedding costs the same whatever the store, so it is not in here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deployment.costs.aurora_postgresql import use_line
from deployment.costs.knowledge_base import vectors
from deployment.costs.lines import CostGroup, CostLine
from deployment.costs.reading import Documents, documents_of, passages_of
from deployment.costs.vector_stores import (
    AURORA,
    MANAGED,
    OPENSEARCH,
    S3_VECTORS,
    Vectors,
    capacity_lines,
    monthly_query_lines,
    stored_lines,
    writing_lines,
)
from deployment.sections.knowledge_base import KnowledgeBase
from kit_contract.counted import counted

LEAST_AWAKE = 0.5  # ACU of a cluster that never pauses


@dataclass(frozen=True)
class StoreCosts:
    """`store` and `settings` as in deployment.toml. `chosen`: the section has them."""

    store: str
    settings: str
    chosen: bool
    idle: CostGroup
    queries: CostGroup
    written: CostGroup


@dataclass(frozen=True)
class _Option:
    store: str
    settings: str
    changes: dict[str, Any]


def store_costs(
    section: KnowledgeBase, region: str, *, queries: int, documents: Documents | None = None
) -> list[StoreCosts]:
    """Sorted by what a month costs in which nobody asks; what is unknown comes last."""
    stored = vectors(section, passages_of(section, documents or documents_of(section)))
    rows = [_costs(section, option, stored, queries, region) for option in _options(section)]
    return sorted(rows, key=lambda row: (not any(line.usd is not None for line in row.idle.lines), row.idle.usd))


def _options(section: KnowledgeBase) -> Iterator[_Option]:
    yield _Option(S3_VECTORS, "", {})
    for capacity in sorted({0, LEAST_AWAKE, section.aurora_postgresql.min_capacity}):
        settings = section.aurora_postgresql.model_copy(update={"min_capacity": capacity})
        yield _Option(AURORA, f"min_capacity = {capacity:g}", {"aurora_postgresql": settings})
    for standby in (False, True):
        settings_text = f"standby_replicas = {str(standby).lower()}"
        yield _Option(OPENSEARCH, settings_text, {"standby_replicas": standby})
    yield _Option(MANAGED, "", {})


def _costs(section: KnowledgeBase, option: _Option, stored: Vectors, queries: int, region: str) -> StoreCosts:
    other = section.model_copy(update={"store": option.store, **option.changes})
    idle, asked, written = _lines(other, stored, queries, region)
    return StoreCosts(
        store=option.store,
        settings=option.settings,
        chosen=section.store == option.store
        and all(getattr(section, name) == value for name, value in option.changes.items()),
        idle=CostGroup(f"{option.store}.idle", "Idle, a month", tuple(idle)),
        queries=CostGroup(f"{option.store}.queries", f"{counted(queries, 'query', 'queries')} a month", tuple(asked)),
        written=CostGroup(f"{option.store}.written", "Writing, once", tuple(written)),
    )


def _lines(
    section: KnowledgeBase, stored: Vectors, queries: int, region: str
) -> tuple[Iterator[CostLine], Iterator[CostLine], Iterator[CostLine]]:
    return (
        _idle(section, stored, region),
        monthly_query_lines(section, stored, queries, region),
        _writing(section, stored, region),
    )


def _idle(section: KnowledgeBase, stored: Vectors, region: str) -> Iterator[CostLine]:
    yield from capacity_lines([(section, stored)], region)
    yield from stored_lines(section, "vectors", stored, region)


def _writing(section: KnowledgeBase, stored: Vectors, region: str) -> Iterator[CostLine]:
    """A paused cluster is awake for as long as AWS takes to ingest, which nobody knows, and once for the pause."""
    if section.store == AURORA:
        yield use_line(1, stored.graph_size, section.aurora_postgresql, region)
    yield from writing_lines(section.store, stored, region)
