"""The stores of knowledge bases by Bedrock's types, and what their searches can do.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_StorageConfiguration.html
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html (search types, and filters by store)
"""

S3_VECTORS, OPENSEARCH_SERVERLESS, RDS = "S3_VECTORS", "OPENSEARCH_SERVERLESS", "RDS"
MANAGED = "MANAGED"  # a type of knowledge base: it has no storage of its own
UNKNOWN = ""  # of an existing knowledge base: Bedrock refuses what its store can't do
_WITH_WORDS = (OPENSEARCH_SERVERLESS, "OPENSEARCH_MANAGED_CLUSTER", RDS, "MONGO_DB_ATLAS")


def has_hybrid_search(store: str) -> bool:
    return store in (UNKNOWN, *_WITH_WORDS)


def operators_missing(store: str) -> tuple[str, ...]:
    """Operators of a RetrievalFilter that searches of the store refuse."""
    if store in (UNKNOWN, OPENSEARCH_SERVERLESS):
        return ()
    return ("startsWith", "stringContains") if store in (S3_VECTORS, MANAGED) else ("startsWith",)
