"""`kit cost stores`: the stores of vectors side by side, the one that costs least while nobody asks first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from deployment.config import ConfigError, DeploymentConfig
from deployment.costs.knowledge_base import embedding_line
from deployment.costs.lines import FETCH, CostGroup, amount
from deployment.costs.reading import Documents, documents_of, passages_of
from deployment.costs.store_comparison import StoreCosts, store_costs
from deployment.costs.training import GIGABYTE
from deployment.sections.knowledge_base import KnowledgeBase
from kit.cost.table import group_as_json, missing_prices, missing_rows, source_rows
from kit_contract.counted import counted

HEADS = ("IDLE, A MONTH", "QUERIES, A MONTH", "WRITING, ONCE", "STORE")
UNKNOWN = "unknown"
BY_THE_HOUR = ("capacity", "vectors, capacity", "OpenSearch Serverless")  # parts of an estimate


@dataclass(frozen=True)
class Comparison:
    """Of one knowledge base: `where` it stands in the file. `embedding`: what every store but the managed one costs."""

    where: str
    documents: Documents
    passages: int
    dimensions: int
    queries: int
    rows: list[StoreCosts]
    embedding: list[CostGroup]

    @property
    def groups(self) -> list[CostGroup]:
        return [group for row in self.rows for group in (row.idle, row.queries, row.written)] + self.embedding


def compare(
    config: DeploymentConfig, *, queries: int, query_tokens: int, count: int | None, gigabytes: float | None
) -> list[Comparison]:
    """A comparison for each knowledge base that the file makes; without one, for the settings of a new one."""
    sections = {where: item for where, item in config.knowledge_base_sections.items() if not item.existing}
    if not sections:
        sections = {"knowledge_bases.NAME": KnowledgeBase(model="amazon.nova-micro-v1:0")}
    return [
        _comparison(
            where,
            section,
            config.deployment.region,
            queries,
            query_tokens,
            _documents(where, section, count, gigabytes),
        )
        for where, section in sections.items()
    ]


def _documents(where: str, section: KnowledgeBase, count: int | None, gigabytes: float | None) -> Documents:
    """Those of the folder, or as many of their size, or so many bytes in files of their size."""
    found = documents_of(section)
    if count is None and gigabytes is None:
        if not found.count:
            raise ConfigError([f"{where}: has no documents of its own; add --documents N --gigabytes G"])
        return found
    each = found.size / found.count if found.count else None
    if count is None or gigabytes is None:
        if each is None:
            raise ConfigError([f"{where}: has no documents to take their size from; give --documents and --gigabytes"])
        size = (gigabytes or 0) * GIGABYTE
        if count is None:
            return Documents(ceil(size / each), ceil(size), found.sizes)
        return Documents(count, ceil(count * each), found.sizes)
    size = gigabytes * GIGABYTE
    return Documents(count, ceil(size), [size / count])


def _comparison(
    where: str, section: KnowledgeBase, region: str, queries: int, query_tokens: int, documents: Documents
) -> Comparison:
    passages = passages_of(section, documents)
    asked = f"{queries:,} x {query_tokens:,} tokens"
    lines = (
        embedding_line(f"{passages.embedded:,} tokens of documents, once", passages.embedded, section, region),
        embedding_line(f"{asked} of questions, a month", queries * query_tokens, section, region),
    )
    return Comparison(
        where,
        documents,
        passages.count,
        section.dimensions,
        queries,
        store_costs(section, region, queries=queries, documents=documents),
        [CostGroup(f"{where}.embedding", "Embedding", lines)],
    )


def as_table(config: DeploymentConfig, comparisons: list[Comparison]) -> str:
    rows = [f"{config.deployment.name} in {config.deployment.region}: stores of vectors, in US dollars (docs/costs.md)"]
    for item in comparisons:
        rows += ["", *_table(item)]
    groups = [group for item in comparisons for group in item.groups]
    return "\n".join([*rows, *missing_rows(groups), *source_rows(groups)])


def _table(item: Comparison) -> Iterator[str]:
    documents = item.documents
    yield (
        f"[{item.where}]: {counted(documents.count, 'document')}, {documents.size:,} bytes, "
        f"{counted(item.passages, 'passage')} of {item.dimensions:,} dimensions; "
        f"{counted(item.queries, 'query', 'queries')}, evenly over a month"
    )
    cells = [HEADS, *(_cells(row) for row in item.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS) - 1)]
    for row in cells:
        amounts = (text.rjust(width) for text, width in zip(row, widths, strict=False))
        yield "  ".join(["", *amounts, row[-1]])
    yield from ("", *_explained(item.rows))
    for line in (line for group in item.embedding for line in group.lines):
        usd = UNKNOWN if line.usd is None else amount(line.usd)
        yield f"  Bedrock, with any store but managed: {usd} for embedding {line.what}"


def _explained(rows: list[StoreCosts]) -> Iterator[str]:
    """What is behind the amounts that are paid by the hour."""
    for costs in rows:
        lines = (*costs.idle.lines, *costs.queries.lines)
        yield from (f"  {_name(costs)}: {line.what}" for line in lines if line.part in BY_THE_HOUR)


def _cells(row: StoreCosts) -> tuple[str, ...]:
    chosen = "   <- deployment.toml" if row.chosen else ""
    return (*(_amount(group) for group in (row.idle, row.queries, row.written)), _name(row) + chosen)


def _name(row: StoreCosts) -> str:
    return f"{row.store}, {row.settings}" if row.settings else row.store


def _amount(group: CostGroup) -> str:
    if group.lines and all(line.usd is None for line in group.lines):
        return UNKNOWN
    return ("at least " if group.at_least else "") + amount(group.usd)


def as_json(config: DeploymentConfig, comparisons: list[Comparison]) -> str:
    answer = {
        "deployment": config.deployment.name,
        "region": config.deployment.region,
        "currency": "USD",
        "knowledge_bases": [_as_json(item) for item in comparisons],
        "missing": missing_prices([group for item in comparisons for group in item.groups]),
        "fetch_missing_with": FETCH,
    }
    return json.dumps(answer, indent=1)


def _as_json(item: Comparison) -> dict[str, object]:
    return {
        "section": item.where,
        "documents": item.documents.count,
        "bytes": item.documents.size,
        "passages": item.passages,
        "dimensions": item.dimensions,
        "queries_per_month": item.queries,
        "stores": [
            {
                "store": row.store,
                "settings": row.settings,
                "chosen": row.chosen,
                **{name: group_as_json(getattr(row, name)) for name in ("idle", "queries", "written")},
            }
            for row in item.rows
        ],
        "embedding": [group_as_json(group) for group in item.embedding],
    }
