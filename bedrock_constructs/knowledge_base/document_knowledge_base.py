"""A knowledge base with all that belongs to it: documents of a folder or a bucket, and their ingestion."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.arguments import check_kind
from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.knowledge_base.ingestion import KnowledgeBaseIngestion
from bedrock_constructs.knowledge_base.knowledge_base import DIMENSIONS, EMBEDDING_MODEL, S3_VECTORS, KnowledgeBase
from bedrock_constructs.knowledge_base.reading import Reading
from bedrock_constructs.knowledge_base.source import Source
from bedrock_constructs.knowledge_base.stores.store import Store
from bedrock_constructs.names import deployment_name, plain_name, tag_deployment
from kit_contract.stacks import pascal


class DocumentKnowledgeBase(Construct):
    """Searches `documents`, a folder that the deploy uploads, what is put into its `documents_bucket`, and `sources`.

    `name`: in metrics and parameters; by default the construct's id in lower case. `embedding_model_id` and
    `dimensions` (the length of its vectors) go together. What it makes stays when the stack is deleted, or goes with
    it by `removal_policy` DESTROY. `kms_key` encrypts the documents. Existing buckets are `sources`:
    `BucketSource.of("manuals", bucket)`.

    Exposes `knowledge_base`, `ingestion`, `documents_bucket`, `documents_prefix`, `knowledge_base_id` and `store`,
    Bedrock's type of it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        documents: Path | str | None = None,
        sources: Sequence[Source] = (),
        name: str | None = None,
        kit_deployment: str | None = None,
        embedding_model_id: str = EMBEDDING_MODEL,
        dimensions: int = DIMENSIONS,
        dimensions_configurable: bool = True,
        store: Store = S3_VECTORS,
        reading: Reading | None = None,
        rerank_model_id: str | None = None,
        kms_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        check_kind("removal_policy", removal_policy, cdk.RemovalPolicy, "a cdk.RemovalPolicy")
        self.kit_deployment = deployment_name(self, kit_deployment)
        tag_deployment(self, self.kit_deployment)
        self.name, destroy = name or plain_name(construct_id), removal_policy is cdk.RemovalPolicy.DESTROY
        self.knowledge_base = KnowledgeBase(
            self,
            "KnowledgeBase",
            kit_deployment=self.kit_deployment,
            name=self.name,
            embedding_model_id=embedding_model_id,
            dimensions=dimensions,
            dimensions_configurable=dimensions_configurable,
            removal="destroy" if destroy else "retain",
            allow_data_deletion=destroy,
            kms_key=kms_key,
            reading=reading,
            rerank_model_id=rerank_model_id,
            store=store,
            sources=sources,
        )
        self.store = store.type
        self.knowledge_base_id = self.knowledge_base.knowledge_base_id
        self.documents_bucket: s3.IBucket = self.knowledge_base.documents_bucket
        self.documents_prefix = self.knowledge_base.documents_prefix
        self.ingestion = self._ingestion()
        if documents:
            self._upload(Path(documents).resolve())

    def grant_retrieve(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to search it: Retrieve, not RetrieveAndGenerate, which also invokes a model."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["bedrock:Retrieve"], resource_arns=[self.knowledge_base.knowledge_base_arn]
        )

    def grant_read_documents(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to read the documents of `documents_bucket`, not those of `sources`."""
        return self.documents_bucket.grant_read(grantee, f"{self.documents_prefix}*")

    def grant_upload_documents(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to put documents, which are ingested within minutes."""
        return self.documents_bucket.grant_put(grantee, f"{self.documents_prefix}*")

    def metric_failed_documents(self, **options: Any) -> cloudwatch.Metric:
        """Documents that an ingestion job failed to read, and jobs that failed. `options`: of Metric, such as `period`.

        `ingestion.alarm` watches it.
        """
        return self.ingestion.metric_failures(**options)

    def _ingestion(self) -> KnowledgeBaseIngestion:
        made = self.knowledge_base
        ingestion = KnowledgeBaseIngestion(
            self,
            "Ingestion",
            kit_deployment=self.kit_deployment,
            knowledge_base_name=self.name,
            knowledge_base_id=made.knowledge_base_id,
            knowledge_base_arn=made.knowledge_base_arn,
            data_source_id=made.data_source_id,
            documents_bucket=made.documents_bucket,
            documents_prefix=made.documents_prefix,
        )
        for source, part, data_source_id in made.source_ids:
            if part.content is not None:
                ingestion.start_source(
                    f"{pascal(source.name)}{part.id}",
                    data_source_id=data_source_id,
                    content=part.content,
                    tagged=self.kit_deployment,
                    schedule=source.schedule,
                )
        return ingestion

    def _upload(self, folder: Path) -> None:
        documents = BucketObjects(
            self,
            "Documents",
            source=folder,
            destination=self.documents_bucket,
            prefix=self.documents_prefix,
            delete_on_removal=self.knowledge_base.destroys_data,
            bucket_grants=True,
        )
        # Uploaded last: a bucket that holds objects cannot be deleted if the creation of the knowledge base fails.
        documents.resource.node.add_dependency(self.knowledge_base)
        self.ingestion.start_after(documents, tagged=self.kit_deployment)
