"""The knowledge bases, their documents, and ingestion on deploy and on upload."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.knowledge_base.bucket_source import BucketSource
from bedrock_constructs.knowledge_base.custom_source import CustomSource
from bedrock_constructs.knowledge_base.ingestion import KnowledgeBaseIngestion
from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase
from bedrock_constructs.knowledge_base.source import Source
from bedrock_constructs.knowledge_base.web_source import WebSource
from deployment.config import DeploymentConfig
from deployment.sections import knowledge_sources as sections
from deployment.sections.knowledge_base import KnowledgeBase as Section
from kit_contract.model_arns import plain_id
from kit_contract.parameters import knowledge_base_id
from kit_contract.stacks import (
    DATA_SOURCE_ID_OUTPUT,
    DOCUMENTS_BUCKET_OUTPUT,
    GENERATIONS_CONTEXT,
    INGESTION_QUEUE_OUTPUT,
    KNOWLEDGE_BASE_GENERATION_OUTPUT,
    KNOWLEDGE_BASE_ID_OUTPUT,
    RESTORE_CONTEXT,
    RESTORE_OUTPUT,
    generations_from,
    knowledge_base_generation,
    pascal,
)
from model_catalog import catalog
from stacks.knowledge_base_evaluation import add_evaluation_role
from stacks.knowledge_base_reading import reading_of
from stacks.vector_stores import store_of


class KnowledgeBaseStack(cdk.Stack):
    """`knowledge_bases`: by name, those of the deployment that it makes."""

    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._kit_deployment = config.deployment.name
        self._watched = bool(config.operations)
        self._ids: list[ssm.CfnParameter] = []
        self._ingestions: list[KnowledgeBaseIngestion] = []
        self._generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        self.knowledge_bases = {
            name: self._add(name, config.knowledge_base_key(name), section, config)
            for name, section in config.built_knowledge_bases.items()
        }
        if restored := self.node.try_get_context(RESTORE_CONTEXT):
            cdk.CfnOutput(self, RESTORE_OUTPUT, value=restored)
        self._switch_when_all_are_filled()

    def _add(self, name: str, key: str, section: Section, config: DeploymentConfig) -> KnowledgeBase:
        """`key` is a part of every name in the stack, and empty for [knowledge_base]."""
        generation = self._generations.get(knowledge_base_generation(key), 1)
        embedding_model = plain_id(section.embedding_model) or section.embedding_model
        knowledge_base = KnowledgeBase(
            self,
            f"KnowledgeBase{key}",
            kit_deployment=self._kit_deployment,
            name=name,
            embedding_model_id=embedding_model,
            dimensions=section.dimensions,
            dimensions_configurable=_configurable(embedding_model),
            removal=section.removal,
            allow_data_deletion=config.deployment.allow_data_deletion,
            reading=reading_of(section, self),
            rerank_model_id=plain_id(section.rerank_model) if section.rerank_model else None,
            generation=generation,
            store=store_of(section),
            sources=[_source(name, source) for name, source in section.sources.items()],
            wait_for_role=False,  # below: with a logical id that is older than the setting
        )
        # Bedrock uses the role at once, when IAM may not know it everywhere yet.
        knowledge_base.create_after(
            role_propagation(
                Construct(self, f"RolePropagation{key}"),
                role=knowledge_base.role,
                resources=knowledge_base.permitted_arns,
            )
        )
        ingestion = self._ingestion(name, key, knowledge_base)
        tagged = self._kit_deployment
        if section.documents:
            documents = self._documents(key, section.documents, knowledge_base)
            ingestion.start_after(documents, tagged=tagged)
        for source, part, data_source_id in knowledge_base.source_ids:
            if part.content is not None:
                ingestion.start_source(
                    f"{pascal(source.name)}{part.id}",
                    data_source_id=data_source_id,
                    content=part.content,
                    tagged=tagged,
                    schedule=source.schedule,
                )
        self._outputs(key, knowledge_base, ingestion, generation)
        add_evaluation_role(self, config, key, section, knowledge_base)
        self._publish_id(name, key, knowledge_base)
        return knowledge_base

    def _documents(self, key: str, folder: Path, knowledge_base: KnowledgeBase) -> BucketObjects:
        documents = BucketObjects(
            self,
            f"Documents{key}",
            source=folder,
            destination=knowledge_base.documents_bucket,
            prefix=knowledge_base.documents_prefix,
            delete_on_removal=knowledge_base.destroys_data,
            bucket_grants=bool(key),  # [knowledge_base] keeps the policy that it has
        )
        # Uploaded last: a bucket that holds objects cannot be deleted if the creation of the knowledge base fails.
        documents.resource.node.add_dependency(knowledge_base)
        return documents

    def _ingestion(self, name: str, key: str, knowledge_base: KnowledgeBase) -> KnowledgeBaseIngestion:
        ingestion = KnowledgeBaseIngestion(
            self,
            f"Ingestion{key}",
            kit_deployment=self._kit_deployment,
            knowledge_base_name=name,
            knowledge_base_id=knowledge_base.knowledge_base_id,
            knowledge_base_arn=knowledge_base.knowledge_base_arn,
            data_source_id=knowledge_base.data_source_id,
            documents_bucket=knowledge_base.documents_bucket,
            documents_prefix=knowledge_base.documents_prefix,
            knowledge_base_id_parameter=knowledge_base_id(self._kit_deployment, name),
            alarm=not self._watched,  # the operations stack has one of the same metric
        )
        self._ingestions.append(ingestion)
        return ingestion

    def _switch_when_all_are_filled(self) -> None:
        """If one is not filled, the stack rolls back: then callers have not gone over to any of the others either."""
        for parameter in self._ids:
            for start in (start for ingestion in self._ingestions for start in ingestion.starts):
                parameter.node.add_dependency(start)

    def _outputs(
        self, key: str, knowledge_base: KnowledgeBase, ingestion: KnowledgeBaseIngestion, generation: int
    ) -> None:
        values = {
            KNOWLEDGE_BASE_ID_OUTPUT: knowledge_base.knowledge_base_id,
            DATA_SOURCE_ID_OUTPUT: knowledge_base.data_source_id,
            DOCUMENTS_BUCKET_OUTPUT: knowledge_base.documents_bucket.bucket_name,
            INGESTION_QUEUE_OUTPUT: ingestion.queue.queue_url,
        }
        if generation > 1:
            values[KNOWLEDGE_BASE_GENERATION_OUTPUT] = str(generation)
        for output, value in values.items():
            cdk.CfnOutput(self, f"{key}{output}", value=value)

    def _publish_id(self, name: str, key: str, knowledge_base: KnowledgeBase) -> None:
        # Not an export: CloudFormation refuses to replace a knowledge base whose id another stack imports.
        parameter = ssm.CfnParameter(
            self,
            f"{key}KnowledgeBaseIdParameter",
            name=knowledge_base_id(self._kit_deployment, name),
            type="String",
            value=knowledge_base.knowledge_base_id,
        )
        self._ids.append(parameter)
        if not key:  # a stack of release 0.1 imports it until its own update, which is after this one
            self.export_value(knowledge_base.knowledge_base_id)


def _configurable(embedding_model: str) -> bool:
    """Whether the model takes the length of its vectors as a parameter; one that the catalog does not list may."""
    try:
        return len(catalog.find(embedding_model).dimensions) != 1
    except catalog.CatalogError:
        return True


def _source(name: str, section: sections.Source) -> Source:
    if isinstance(section, sections.WebSource):
        return WebSource(name, **section.model_dump(exclude={"kind"}))
    if isinstance(section, sections.CustomSource):
        return CustomSource(name, section.objects)
    return BucketSource(name, section.bucket, section.prefixes, section.account, section.kms_key_arn, section.schedule)
