"""A knowledge base with documents in S3 and vectors in S3 Vectors, from CloudFormation resources only.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (fields of the index)
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html (trust and permissions of the service role)
"""

import hashlib
import re
from typing import Literal

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct, IDependable

from bedrock_constructs.knowledge_base.documents_bucket import documents_bucket
from bedrock_constructs.knowledge_base.permissions import allow, permissions
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.run_names import bedrock_name

DOCUMENTS_PREFIX = "documents/"
# Bedrock writes the passage and its source here. Filterable metadata is limited to 2 KB per vector, too few for them.
NON_FILTERABLE_KEYS = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")


class KnowledgeBase(Construct):
    """Searches the documents under `documents_prefix` of `documents_bucket` after their ingestion.

    `embedding_model_id`: id of a foundation model, or ARN of a provisioned model. `dimensions`: length of a vector
    (Titan Text Embeddings v2: 256, 512 or 1024). `dimensions_configurable` is False for a model that gives one length
    only. `chunk_max_tokens`: 1 to 8192 tokens per passage.
    `chunk_overlap_percentage`: 1 to 99. `rerank_model_id`: the foundation model that searches may rerank with. The
    stack's deletion destroys data only if `removal` is "destroy" and
    `allow_data_deletion` is true; `destroys_data` is the result. `generation`: a new one has a new knowledge base, data
    source and index in place of what was deleted by hand, which CloudFormation would not miss.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        name: str,
        embedding_model_id: str,
        dimensions: int,
        dimensions_configurable: bool = True,
        removal: Literal["retain", "destroy"],
        allow_data_deletion: bool,
        kms_key: kms.IKey | None = None,
        chunk_max_tokens: int = 300,
        chunk_overlap_percentage: int = 20,
        rerank_model_id: str | None = None,
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        self._again = str(generation) if generation > 1 else ""
        self._kms_key = kms_key
        self._rerank_model_id = rerank_model_id
        self.destroys_data = removal == "destroy" and allow_data_deletion
        self._removal_policy = RemovalPolicy.DESTROY if self.destroys_data else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        stack = cdk.Stack.of(self)
        foundation_model = f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{embedding_model_id}"
        by_arn = embedding_model_id.startswith("arn:")
        self._embedding_model_arn = embedding_model_id if by_arn else foundation_model
        self.documents_prefix = DOCUMENTS_PREFIX
        self.documents_bucket = documents_bucket(
            self, kms_key=kms_key, removal_policy=self._removal_policy, destroy=self.destroys_data
        )
        vector_bucket = self._vector_bucket()
        index = self._vector_index(vector_bucket, dimensions)
        # Every index of the bucket: Bedrock deletes the vectors of a replaced knowledge base with this role, too.
        self._index_arns = f"{vector_bucket.attr_vector_bucket_arn}/index/*"
        self.role = self._service_role()
        again = (self._again,) if self._again else ()
        fixed = () if dimensions_configurable else ("fixed",)
        knowledge_base = self._knowledge_base(
            index,
            # CloudFormation creates a replacement before it deletes the old one, so a replacement needs another name.
            name=_unique_name(bedrock_name(kit_deployment, name), embedding_model_id, dimensions, *fixed, *again),
            dimensions=dimensions if dimensions_configurable else None,
        )
        self._resource = knowledge_base
        self.knowledge_base_id = knowledge_base.attr_knowledge_base_id
        self.knowledge_base_arn = knowledge_base.attr_knowledge_base_arn
        self.data_source_id = self._data_source(chunk_max_tokens, chunk_overlap_percentage).attr_data_source_id

    @property
    def permitted_arns(self) -> list[str]:
        """What the role may use."""
        return [self._embedding_model_arn, self._index_arns, self.documents_bucket.bucket_arn]

    def create_after(self, resource: IDependable) -> None:
        """For a resource that waits until the role is in effect."""
        self._resource.node.add_dependency(resource)

    def _vector_bucket(self) -> s3vectors.CfnVectorBucket:
        # No names: every property is create-only, and a fixed name would block a replacement.
        encryption = s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(
            sse_type="aws:kms" if self._kms_key else "AES256",
            kms_key_arn=self._kms_key.key_arn if self._kms_key else None,
        )
        bucket = s3vectors.CfnVectorBucket(self, "VectorBucket", encryption_configuration=encryption)
        bucket.apply_removal_policy(self._removal_policy)
        return bucket

    def _vector_index(self, bucket: s3vectors.CfnVectorBucket, dimensions: int) -> s3vectors.CfnIndex:
        index = s3vectors.CfnIndex(
            self,
            f"VectorIndex{self._again}",
            vector_bucket_arn=bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=dimensions,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=list(NON_FILTERABLE_KEYS)
            ),
        )
        index.apply_removal_policy(self._removal_policy)
        return index

    def _service_role(self) -> iam.Role:
        stack = cdk.Stack.of(self)
        any_knowledge_base = stack.format_arn(service="bedrock", resource="knowledge-base", resource_name="*")
        role = iam.Role(
            self,
            "Role",
            description="Bedrock reads the documents and keeps their vectors with it",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    # The role exists before the id, so no narrower ARN is possible.
                    "ArnLike": {"aws:SourceArn": any_knowledge_base},
                },
            ),
        )
        for statement in permissions(
            self.documents_bucket,
            documents_prefix=DOCUMENTS_PREFIX,
            embedding_model_arn=self._embedding_model_arn,
            index_arns=self._index_arns,
            rerank_model_id=self._rerank_model_id,
        ):
            role.add_to_policy(statement)
        if self._kms_key:
            self._allow_key(role, self._kms_key)
        documents = self.documents_bucket.arn_for_objects(f"{DOCUMENTS_PREFIX}*")
        reason = (
            "All documents under the prefix, and all indexes of the own vector bucket: names are not known at synth."
        )
        acknowledge_wildcards(role, [documents, self._index_arns], reason=reason)
        if self._rerank_model_id:
            acknowledge_wildcards(role, ["*"], reason="Rerank has no resource-level permissions.")
        return role

    def _allow_key(self, role: iam.Role, key: kms.IKey) -> None:
        region = cdk.Stack.of(self).region
        through = {"StringEquals": {"kms:ViaService": [f"{s}.{region}.amazonaws.com" for s in ("s3", "s3vectors")]}}
        role.add_to_policy(allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn, through))
        # S3 Vectors indexes with its own principal. This does not change the policy of an imported key: its owner must.
        indexing = allow("IndexVectors", ["kms:Decrypt"], "*")  # in a key policy, "*" means this key
        indexing.add_service_principal("indexing.s3vectors.amazonaws.com")
        indexing.add_condition("StringEquals", {"aws:SourceAccount": cdk.Stack.of(self).account})
        key.add_to_resource_policy(indexing)

    def _knowledge_base(
        self, index: s3vectors.CfnIndex, *, name: str, dimensions: int | None
    ) -> bedrock.CfnKnowledgeBase:
        properties = bedrock.CfnKnowledgeBase
        embedding = properties.EmbeddingModelConfigurationProperty(
            bedrock_embedding_model_configuration=properties.BedrockEmbeddingModelConfigurationProperty(
                dimensions=dimensions
            )
        )
        knowledge_base = bedrock.CfnKnowledgeBase(
            self,
            f"Resource{self._again}",
            name=name,
            role_arn=self.role.role_arn,
            knowledge_base_configuration=properties.KnowledgeBaseConfigurationProperty(
                type="VECTOR",
                vector_knowledge_base_configuration=properties.VectorKnowledgeBaseConfigurationProperty(
                    embedding_model_arn=self._embedding_model_arn,
                    embedding_model_configuration=embedding if dimensions else None,
                ),
            ),
            storage_configuration=properties.StorageConfigurationProperty(
                type="S3_VECTORS",
                s3_vectors_configuration=properties.S3VectorsConfigurationProperty(index_arn=index.attr_index_arn),
            ),
        )
        knowledge_base.node.add_dependency(self.role)  # and on its policy: Bedrock checks the permissions at creation
        return knowledge_base

    def _data_source(self, chunk_max_tokens: int, chunk_overlap_percentage: int) -> bedrock.CfnDataSource:
        properties = bedrock.CfnDataSource
        chunking = properties.FixedSizeChunkingConfigurationProperty(
            max_tokens=chunk_max_tokens, overlap_percentage=chunk_overlap_percentage
        )
        again = (self._again,) if self._again else ()
        return bedrock.CfnDataSource(
            self,
            f"DataSource{self._again}",
            name=_unique_name("documents", chunk_max_tokens, chunk_overlap_percentage, *again),
            knowledge_base_id=self.knowledge_base_id,
            # DELETE removes the vectors of a deleted data source from an index that stays. If the stack deletes the
            # index too, that is not needed and fails with DELETE_UNSUCCESSFUL when the index is deleted first.
            data_deletion_policy="RETAIN" if self.destroys_data else "DELETE",
            data_source_configuration=properties.DataSourceConfigurationProperty(
                type="S3",
                s3_configuration=properties.S3DataSourceConfigurationProperty(
                    bucket_arn=self.documents_bucket.bucket_arn,
                    bucket_owner_account_id=cdk.Stack.of(self).account,
                    inclusion_prefixes=[DOCUMENTS_PREFIX],
                ),
            ),
            vector_ingestion_configuration=properties.VectorIngestionConfigurationProperty(
                chunking_configuration=properties.ChunkingConfigurationProperty(
                    chunking_strategy="FIXED_SIZE", fixed_size_chunking_configuration=chunking
                )
            ),
        )


def _unique_name(prefix: str, *replacing: object) -> str:
    digest = hashlib.sha256(repr(replacing).encode()).hexdigest()[:8]
    return re.sub("-+", "-", f"{prefix}-{digest}")  # Bedrock rejects two hyphens in a row
