"""What the store of a knowledge base's vectors costs: while nobody asks, for writing them, and for searches.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scaling.html: an idle vector collection
keeps half an OCU for indexing and half for searches, twice that with standby replicas. Vector collections with the same
key share them, also those of other deployments. An OCU has 6 GiB of memory, which limits how many vectors it holds.
https://docs.opensearch.org/latest/field-types/supported-field-types/knn-memory-optimized (memory of an HNSW graph)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from deployment.costs.aurora_postgresql import capacity_group, idle_lines, use_line
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.costs.training import GIGABYTE
from deployment.sections.knowledge_base import KnowledgeBase
from kit_contract.counted import counted
from model_catalog.prices import price

LEAST_OCUS = 0.5  # of searches, and as many of indexing; each twice with standby replicas
OCU_BYTES = 6 * 2**30
FLOAT_BYTES = 4
GRAPH_BYTES = 8 * 24  # the links of a vector in a graph whose `m` is 24
OVERHEAD = 1.1
AURORA, OPENSEARCH, S3_VECTORS = "aurora-postgresql", "opensearch-serverless", "s3-vectors"
MANAGED = "managed"  # AWS bills the documents, and includes reading and embedding them
MANAGED_SERVICE = "bedrock-managed-knowledge-base"
NAMES = {OPENSEARCH: "OpenSearch Serverless", S3_VECTORS: "S3 Vectors"}


@dataclass(frozen=True)
class Vectors:
    """What is stored: `size` in bytes, in `passages`, each with a vector of `dimensions`, of `documents_size` bytes."""

    size: int
    passages: int
    dimensions: int
    documents_size: int

    @property
    def floats_size(self) -> int:
        """Bytes that a query of S3 Vectors goes through: not the text, which can't be filtered by."""
        return FLOAT_BYTES * self.dimensions * self.passages

    @property
    def graph_size(self) -> int:
        """Bytes of memory for searches by HNSW."""
        return ceil(OVERHEAD * (FLOAT_BYTES * self.dimensions + GRAPH_BYTES) * self.passages)


def capacity_lines(stored: Sequence[tuple[KnowledgeBase, Vectors]], region: str) -> Iterator[CostLine]:
    """What is billed by the hour, used or not: one line for all collections, which share it."""
    collections = [(section, vectors) for section, vectors in stored if section.store == OPENSEARCH]
    if collections:
        searching = ceil(sum(vectors.graph_size for _, vectors in collections) / OCU_BYTES / LEAST_OCUS) * LEAST_OCUS
        replicas = 2 if any(section.standby_replicas for section, _ in collections) else 1
        ocus = replicas * (LEAST_OCUS + max(LEAST_OCUS, searching))
        what = f"{ocus:g} OCU x {HOURS_PER_MONTH} hours, the least; more with more vectors and searches"
        found = price("ocu_hour", service=OPENSEARCH, region=region)
        missing = f"an OCU-hour of OpenSearch Serverless in {region}"
        yield line("OpenSearch Serverless", what, ocus * HOURS_PER_MONTH, found, missing=missing)


def capacity_groups(section: KnowledgeBase, where: str, region: str) -> list[CostGroup]:
    """What use costs by the hour, where the capacity follows the load."""
    if section.store != AURORA:
        return []
    return [capacity_group(where, where.rpartition(".")[2], section.aurora_postgresql, region)]


def stored_lines(section: KnowledgeBase, label: str, vectors: Vectors, region: str) -> Iterator[CostLine]:
    """A month in which nobody asks, without the capacity that several knowledge bases share."""
    store = section.store
    if store == AURORA:
        yield from idle_lines(label, vectors.size, section.aurora_postgresql, region)
        return
    if store == MANAGED:
        found = price("storage", service=MANAGED_SERVICE, region=region)
        missing = f"storage of managed knowledge bases in {region}"
        what = f"{vectors.documents_size:,} bytes of documents in a managed knowledge base"
        yield line(label, what, vectors.documents_size / GIGABYTE, found, missing=missing)
        return
    what = f"{counted(vectors.passages, 'passage')}, about {vectors.size:,} bytes in {NAMES[store]}"
    found = price("storage", service=store, region=region)
    yield line(label, what, vectors.size / GIGABYTE, found, missing=f"{NAMES[store]} storage in {region}")


def writing_lines(store: str, vectors: Vectors, region: str) -> Iterator[CostLine]:
    """None where the capacity that is billed anyway writes them."""
    if store == S3_VECTORS:
        yield line(
            "vectors written",
            f"about {vectors.size:,} bytes",
            vectors.size / GIGABYTE,
            price("written", service=S3_VECTORS, region=region),
            missing=f"writing to S3 Vectors in {region}",
        )


def monthly_query_lines(section: KnowledgeBase, vectors: Vectors, requests: int, region: str) -> Iterator[CostLine]:
    """Of searches that are spread evenly over a month: also what they keep awake."""
    if section.store == AURORA:
        yield use_line(requests, vectors.graph_size, section.aurora_postgresql, region)
    yield from query_lines(section.store, vectors, requests, region)


def query_lines(store: str, vectors: Vectors, requests: int, region: str) -> Iterator[CostLine]:
    """None where the capacity that is billed anyway searches them."""
    if store == MANAGED:
        found = price("query", service=MANAGED_SERVICE, region=region)
        missing = f"queries of managed knowledge bases in {region}"
        yield line("managed queries", counted(requests, "query", "queries"), requests, found, missing=missing)
    if store == S3_VECTORS:
        yield line(
            "vector queries",
            counted(requests, "query", "queries"),
            requests,
            price("query", service=S3_VECTORS, region=region),
            missing=f"queries of S3 Vectors in {region}",
        )
        yield line(
            "vectors searched",
            f"{requests:,} x {vectors.floats_size:,} bytes",
            requests * vectors.floats_size / GIGABYTE,
            price("processed", service=S3_VECTORS, region=region),
            missing=f"data that queries of S3 Vectors process in {region}",
        )
