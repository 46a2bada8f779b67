"""The store of vectors that a section of deployment.toml names, as the construct takes it."""

from bedrock_constructs.knowledge_base.stores.aurora_postgresql.network import DatabaseNetwork
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.store import AuroraPostgresql
from bedrock_constructs.knowledge_base.stores.managed import Managed
from bedrock_constructs.knowledge_base.stores.opensearch_serverless import OpenSearchServerless
from bedrock_constructs.knowledge_base.stores.s3_vectors import S3Vectors
from bedrock_constructs.knowledge_base.stores.store import Store
from deployment.sections.knowledge_base import KnowledgeBase


def store_of(section: KnowledgeBase) -> Store:
    if section.store == "opensearch-serverless":
        return OpenSearchServerless(standby_replicas=section.standby_replicas)
    if section.store == "managed":
        return Managed()
    return _aurora_postgresql(section) if section.store == "aurora-postgresql" else S3Vectors()


def _aurora_postgresql(section: KnowledgeBase) -> AuroraPostgresql:
    settings = section.aurora_postgresql
    return AuroraPostgresql(
        min_capacity=settings.min_capacity,
        max_capacity=settings.max_capacity,
        pause_seconds=settings.pause_seconds,
        network=DatabaseNetwork(settings.subnet_ids, settings.security_group_ids) if settings.subnet_ids else None,
    )
