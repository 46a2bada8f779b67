"""Managed knowledge bases: what Bedrock refuses of them, of their data sources and of searches in them. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-create.html (embedding model, connectors)
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-customize-ingestion.html (chunking and parsing)
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html ("Managed knowledge base considerations")
The messages are not published but for that of a data source's type, which others have seen.
"""

from typing import Any

TYPE, CONNECTOR = "MANAGED", "MANAGED_KNOWLEDGE_BASE_CONNECTOR"
CONNECTOR_CONFIGURATION = "managedKnowledgeBaseConnectorConfiguration"
# https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-quotas.html
MOST_DATA_SOURCES, MAX_QUERY = 200, 10_000
CHUNKING = ("DEFAULT", "FIXED_SIZE", "NONE")
OPERATORS_NOT_THERE = ("startsWith", "stringContains")
RERANKING = ("CUSTOM", "MANAGED", "NONE")
EMBEDDING = ("embeddingModelArn", "embeddingModelConfiguration")


def is_managed(record: dict[str, Any]) -> bool:
    """`record`: of a knowledge base."""
    return bool(record["KnowledgeBaseConfiguration"].get("type") == TYPE)


def check_knowledge_base(given: dict[str, Any]) -> None:
    """Raise ValueError for what CreateKnowledgeBase refuses."""
    if given.get("storageConfiguration"):
        raise ValueError("a MANAGED knowledge base has no storageConfiguration")
    managed = given["knowledgeBaseConfiguration"].get("managedKnowledgeBaseConfiguration") or {}
    named = [name for name in EMBEDDING if managed.get(name)]
    kind = managed.get("embeddingModelType", TYPE)
    if kind == TYPE and named:
        raise ValueError(f"{named[0]} must not be specified with embeddingModelType MANAGED")
    if kind == "CUSTOM" and len(named) < len(EMBEDDING):
        raise ValueError(f"embeddingModelType CUSTOM needs {' and '.join(EMBEDDING)}")


def check_data_source(given: dict[str, Any], *, managed: bool) -> None:
    """Raise ValueError for what CreateDataSource refuses."""
    configuration, ingestion = given["dataSourceConfiguration"], given.get("vectorIngestionConfiguration") or {}
    if managed != (configuration["type"] == CONNECTOR):
        kind = TYPE if managed else "VECTOR"
        raise ValueError(f"Unsupported data source type for {kind} knowledge base type")
    if not managed:
        return
    parameters = (configuration.get(CONNECTOR_CONFIGURATION) or {}).get("connectorParameters") or {}
    if parameters.get("version") != "1" or not parameters.get("type"):
        raise ValueError("connectorParameters must have a type and the version 1")
    if parameters["type"] == "S3" and not (parameters.get("connectionConfiguration") or {}).get("bucketName"):
        raise ValueError("connectorParameters.connectionConfiguration must have a bucketName")
    if given.get("dataDeletionPolicy", "DELETE") != "DELETE":
        raise ValueError("dataDeletionPolicy must be DELETE for managed knowledge bases")
    strategy = (ingestion.get("chunkingConfiguration") or {}).get("chunkingStrategy", "DEFAULT")
    if strategy not in CHUNKING:
        raise ValueError(f"chunkingStrategy {strategy} is not supported for managed knowledge bases")
    parsing = (ingestion.get("parsingConfiguration") or {}).get("parsingStrategy", "SMART_PARSING")
    if parsing != "SMART_PARSING" or ingestion.get("customTransformationConfiguration"):
        raise ValueError("managed knowledge bases take SMART_PARSING only, and no transformation")


def bucket_of(configuration: dict[str, Any]) -> dict[str, Any]:
    """The dataSourceConfiguration's connector to S3, as the s3Configuration of other knowledge bases."""
    parameters = configuration[CONNECTOR_CONFIGURATION]["connectorParameters"]
    connection, filters = parameters["connectionConfiguration"], parameters.get("filterConfiguration") or {}
    return {
        "bucketArn": connection["bucketName"],
        "bucketOwnerAccountId": connection.get("bucketOwnerAccountId"),
        "inclusionPrefixes": filters.get("inclusionPrefixes"),
    }


def search_of(configuration: dict[str, Any], *, managed: bool) -> dict[str, Any]:
    """The search in a retrievalConfiguration. Raises ValueError for one of the other type, or that AWS refuses."""
    wanted, other = "managedSearchConfiguration", "vectorSearchConfiguration"
    if not managed:
        wanted, other = other, wanted
    if configuration.get(other) is not None:
        raise ValueError(f"{other} is not supported for this knowledge base; use {wanted}")
    search: dict[str, Any] = configuration.get(wanted) or {}
    if managed and search.get("rerankingModelType", "NONE") not in RERANKING:
        raise ValueError(f"rerankingModelType must be one of {', '.join(RERANKING)}")
    if managed and (used := sorted(_operators(search.get("filter")) & set(OPERATORS_NOT_THERE))):
        raise ValueError(f"{used[0]} is not supported for managed knowledge bases")
    return search


def _operators(condition: Any) -> set[str]:
    if not isinstance(condition, dict):
        return set()
    nested = (part for operand in condition.values() if isinstance(operand, list) for part in operand)
    return set(condition).union(*(_operators(part) for part in nested))
