"""The knowledge base, its documents, and ingestion on deploy and on upload."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.knowledge_base.ingestion import KnowledgeBaseIngestion
from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase
from deployment.config import DeploymentConfig
from kit_contract.model_arns import plain_id
from kit_contract.parameters import knowledge_base_id
from kit_contract.stacks import (
    DOCUMENTS_BUCKET_OUTPUT,
    GENERATIONS_CONTEXT,
    INGESTION_QUEUE_OUTPUT,
    KNOWLEDGE_BASE_GENERATION,
    KNOWLEDGE_BASE_GENERATION_OUTPUT,
    generations_from,
)
from model_catalog import catalog


class KnowledgeBaseStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = config.knowledge_base
        assert section
        generation = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT)).get(KNOWLEDGE_BASE_GENERATION, 1)
        self.knowledge_base = KnowledgeBase(
            self,
            "KnowledgeBase",
            kit_deployment=config.deployment.name,
            name=section.name,
            embedding_model_id=plain_id(section.embedding_model) or section.embedding_model,
            dimensions=section.dimensions,
            dimensions_configurable=_configurable(plain_id(section.embedding_model) or section.embedding_model),
            removal=section.removal,
            allow_data_deletion=config.deployment.allow_data_deletion,
            chunk_max_tokens=section.chunk_max_tokens,
            chunk_overlap_percentage=section.chunk_overlap_percentage,
            rerank_model_id=plain_id(section.rerank_model) if section.rerank_model else None,
            generation=generation,
        )
        # Bedrock uses the role at once, when IAM may not know it everywhere yet.
        knowledge_base = self.knowledge_base
        knowledge_base.create_after(
            role_propagation(
                Construct(self, "RolePropagation"), role=knowledge_base.role, resources=knowledge_base.permitted_arns
            )
        )
        documents = BucketObjects(
            self,
            "Documents",
            source=section.documents,
            destination=self.knowledge_base.documents_bucket,
            prefix=self.knowledge_base.documents_prefix,
            delete_on_removal=self.knowledge_base.destroys_data,
        )
        # Uploaded last: a bucket that holds objects cannot be deleted if the creation of the knowledge base fails.
        documents.resource.node.add_dependency(self.knowledge_base)
        ingestion = KnowledgeBaseIngestion(
            self,
            "Ingestion",
            kit_deployment=config.deployment.name,
            knowledge_base_name=section.name,
            knowledge_base_id=self.knowledge_base.knowledge_base_id,
            knowledge_base_arn=self.knowledge_base.knowledge_base_arn,
            data_source_id=self.knowledge_base.data_source_id,
            documents_bucket=self.knowledge_base.documents_bucket,
            documents_prefix=self.knowledge_base.documents_prefix,
        )
        ingestion.start_after(documents)
        cdk.CfnOutput(self, "KnowledgeBaseId", value=self.knowledge_base.knowledge_base_id)
        cdk.CfnOutput(self, "DataSourceId", value=self.knowledge_base.data_source_id)
        cdk.CfnOutput(self, DOCUMENTS_BUCKET_OUTPUT, value=self.knowledge_base.documents_bucket.bucket_name)
        if generation > 1:
            cdk.CfnOutput(self, KNOWLEDGE_BASE_GENERATION_OUTPUT, value=str(generation))
        cdk.CfnOutput(self, INGESTION_QUEUE_OUTPUT, value=ingestion.queue.queue_url)
        self._publish_id(config.deployment.name, section.name)

    def _publish_id(self, kit_deployment: str, name: str) -> None:
        # Not an export: CloudFormation refuses to replace a knowledge base whose id another stack imports.
        ssm.CfnParameter(
            self,
            "KnowledgeBaseIdParameter",
            name=knowledge_base_id(kit_deployment, name),
            type="String",
            value=self.knowledge_base.knowledge_base_id,
        )
        # A stack of release 0.1 imports it until its own update, which is after this one.
        self.export_value(self.knowledge_base.knowledge_base_id)


def _configurable(embedding_model: str) -> bool:
    """Whether the model takes the length of its vectors as a parameter; one that the catalog does not list may."""
    try:
        return len(catalog.find(embedding_model).dimensions) != 1
    except catalog.CatalogError:
        return True
