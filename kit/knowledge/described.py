"""What AWS says of a knowledge base: its store, its embedding model, and the data sources that it reads.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetKnowledgeBase.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_GetDataSource.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit_contract.aws_errors import code_of
from kit_contract.errors import ExternalError
from kit_contract.vector_stores import has_hybrid_search


@dataclass(frozen=True)
class Source:
    """`kind`: S3, WEB, CUSTOM and others. `bucket` and `prefixes`: of one in S3. `urls`: where a crawl begins."""

    id: str
    name: str
    kind: str
    status: str
    failure_reasons: tuple[str, ...]
    bucket: str | None
    prefixes: tuple[str, ...]
    chunking: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Description:
    """`store`: S3_VECTORS, RDS and others, or MANAGED. `model`: the id of the embedding model, empty if AWS's own."""

    id: str
    status: str
    failure_reasons: tuple[str, ...]
    store: str
    model: str
    dimensions: int | None
    sources: tuple[Source, ...]

    @property
    def hybrid(self) -> bool:
        return has_hybrid_search(self.store)


def described(deployed: Deployed, knowledge_base: KnowledgeBase) -> Description:
    """Raises ExternalError if it was deleted by hand, and botocore's errors."""
    try:
        found: Any = deployed.agent.get_knowledge_base(knowledgeBaseId=knowledge_base.id)["knowledgeBase"]
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        raise ExternalError(
            f"knowledge base {knowledge_base.name} ({knowledge_base.id}) does not exist any more: it was deleted by "
            "hand; kit deploy makes it anew and has its documents embedded again, at the price of the first time"
        ) from None
    configuration = found["knowledgeBaseConfiguration"]
    vectors = next((value for value in configuration.values() if isinstance(value, dict)), {})
    embedding = (vectors.get("embeddingModelConfiguration") or {}).get("bedrockEmbeddingModelConfiguration") or {}
    return Description(
        id=knowledge_base.id,
        status=found["status"],
        failure_reasons=tuple(found.get("failureReasons", ())),
        store=(found.get("storageConfiguration") or {}).get("type", configuration["type"]),
        model=vectors.get("embeddingModelArn", "").rpartition("/")[2],
        dimensions=embedding.get("dimensions"),
        sources=tuple(_sources(deployed, knowledge_base.id)),
    )


def _sources(deployed: Deployed, knowledge_base: str) -> list[Source]:
    pages = deployed.agent.get_paginator("list_data_sources").paginate(knowledgeBaseId=knowledge_base)
    found = []
    for summary in (item for page in pages for item in page["dataSourceSummaries"]):
        answer = deployed.agent.get_data_source(knowledgeBaseId=knowledge_base, dataSourceId=summary["dataSourceId"])
        found.append(_source(answer["dataSource"]))
    return sorted(found, key=lambda source: source.name)


def _source(raw: Mapping[str, Any]) -> Source:
    configuration = raw["dataSourceConfiguration"]
    bucket, prefixes = _bucket(configuration)
    chunking = (raw.get("vectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    return Source(
        id=raw["dataSourceId"],
        name=raw["name"],
        kind=configuration["type"],
        status=raw["status"],
        failure_reasons=tuple(raw.get("failureReasons", ())),
        bucket=bucket,
        prefixes=tuple(prefixes),
        chunking=_chunking(chunking),
        urls=tuple(_urls(configuration.get("webConfiguration") or {})),
    )


def _bucket(configuration: Mapping[str, Any]) -> tuple[str | None, Sequence[str]]:
    """(bucket, prefixes) of one in S3; managed knowledge bases have connectors."""
    if s3 := configuration.get("s3Configuration"):
        return s3["bucketArn"].rpartition(":")[2], s3.get("inclusionPrefixes") or ("",)
    connector = (configuration.get("managedKnowledgeBaseConnectorConfiguration") or {}).get("connectorParameters") or {}
    if connector.get("type") != "S3":
        return None, ()
    filters = connector.get("filterConfiguration") or {}
    return connector["connectionConfiguration"]["bucketName"], filters.get("inclusionPrefixes") or ("",)


def _urls(web: Mapping[str, Any]) -> Iterator[str]:
    seeds = ((web.get("sourceConfiguration") or {}).get("urlConfiguration") or {}).get("seedUrls") or ()
    yield from (seed["url"] for seed in seeds)


def _chunking(raw: Mapping[str, Any]) -> str:
    """Such as "fixed size, maxTokens 300, overlapPercentage 20"."""
    strategy = raw.get("chunkingStrategy", "DEFAULT").lower().replace("_", " ")
    settings = next((value for value in raw.values() if isinstance(value, dict)), {})
    sizes = "/".join(str(level["maxTokens"]) for level in settings.get("levelConfigurations") or ())
    shown = [f"{name} {value}" for name, value in settings.items() if isinstance(value, int)]
    return ", ".join([strategy, *shown, *([f"levels {sizes}"] if sizes else [])])
