"""The store of vectors that a section of deployment.toml names, as the construct takes it."""

from bedrock_constructs.knowledge_base.stores.s3_vectors import S3Vectors
from bedrock_constructs.knowledge_base.stores.store import Store
from deployment.sections.knowledge_base import KnowledgeBase


def store_of(section: KnowledgeBase) -> Store:
    stores: dict[str, Store] = {"s3-vectors": S3Vectors()}
    return stores[section.store]
