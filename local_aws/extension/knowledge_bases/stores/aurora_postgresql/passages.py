"""Between the chunks of documents and the rows of a knowledge base's table; nothing for other kinds of stores."""

from typing import Any

from ministack.services import bedrock_agent

from local_aws.extension.bedrock import static_embeddings
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.connection import Connection
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.store import AuroraPostgresqlStore, Passage

TYPE = "RDS"
DEFAULT_DIMENSIONS = 1024
Chunk = dict[str, Any]
OWN = ("text", "vector", "metadata")  # the other fields of a chunk are what Bedrock manages


def store_of(knowledge_base: str) -> AuroraPostgresqlStore | None:
    """The store of the knowledge base with this id, if it has one of this kind."""
    record = bedrock_agent._knowledge_bases.get(knowledge_base) or {}
    storage = record.get("StorageConfiguration") or {}
    if storage.get("type") != TYPE:
        return None
    return AuroraPostgresqlStore(Connection(storage["rdsConfiguration"], record["RoleArn"]))


def keep(knowledge_base: str, data_source: str, uri: str, chunks: list[Chunk], metadata: dict[str, Any]) -> None:
    """The document's passages in place of its earlier ones. Raises BedrockError."""
    store = store_of(knowledge_base)
    if store is None:
        return
    passages = [
        Passage(
            text=chunk["text"],
            vector=_lengthened(knowledge_base, chunk["vector"]),
            metadata=metadata | chunk.get("metadata", {}),
            managed={name: value for name, value in chunk.items() if name not in OWN},
        )
        for chunk in chunks
    ]
    store.put(data_source, uri, passages)


def forget(knowledge_base: str, data_source: str, uri: str | None = None) -> None:
    """The passages of a document, or of all of the data source. Raises BedrockError."""
    if store := store_of(knowledge_base):
        store.delete(data_source, uri)


def search(
    store: AuroraPostgresqlStore, knowledge_base: str, text: str, given: dict[str, Any], *, hybrid: bool
) -> list[tuple[Chunk, float]]:
    """The best chunks with their scores. `given`: a vectorSearchConfiguration. Raises BedrockError."""
    vector = _lengthened(knowledge_base, static_embeddings.embedded([text])[0])
    mode = "HYBRID" if hybrid else "SEMANTIC"
    found = store.query(vector, text, given.get("filter"), int(given.get("numberOfResults", 5)), mode)
    return [({**row.managed, "text": row.text, "metadata": row.metadata}, row.score) for row in found]


def dimensions(configuration: dict[str, Any]) -> int | None:
    """What the embedding model is asked for; None for a model with one length only."""
    model = (configuration.get("embeddingModelConfiguration") or {}).get("bedrockEmbeddingModelConfiguration") or {}
    found: int | None = model.get("dimensions")
    return found


def _lengthened(knowledge_base: str, vector: Any) -> list[float]:
    configuration = bedrock_agent._knowledge_bases[knowledge_base]["KnowledgeBaseConfiguration"]
    size = dimensions(configuration.get("vectorKnowledgeBaseConfiguration") or {}) or DEFAULT_DIMENSIONS
    whole = static_embeddings.normalized(static_embeddings.with_dimensions(vector.reshape(1, -1), size))
    rounded: list[float] = whole[0].astype(float).round(6).tolist()
    return rounded
