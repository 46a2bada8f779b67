"""Vectors in S3 Vectors: nothing is billed while nobody asks. Its searches match meaning only.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (fields of the index)
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3vectors as s3vectors
from constructs import IDependable

from bedrock_constructs.knowledge_base.stores.store import BuiltStore, StoreRequest
from kit_contract.vector_stores import S3_VECTORS

ACTIONS = ("PutVectors", "GetVectors", "DeleteVectors", "QueryVectors", "GetIndex")
# Bedrock writes the passage and its source here. Filterable metadata is limited to 2 KB per vector, too few for them.
NON_FILTERABLE_KEYS = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")


class S3Vectors:
    """A vector bucket and an index, billed by what is stored and asked. It searches by meaning only, not by words."""

    type = S3_VECTORS

    def build(self, request: StoreRequest) -> BuiltStore:
        return _Built(request)


class _Built:
    replacing: Sequence[object] = ()
    awaited: Sequence[IDependable] = ()  # the storage configuration refers to the index
    key_services = ("s3vectors",)

    def __init__(self, request: StoreRequest) -> None:
        bucket = _bucket(request)
        index = _index(request, bucket)
        self.storage_configuration = bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
            type=S3_VECTORS,
            s3_vectors_configuration=bedrock.CfnKnowledgeBase.S3VectorsConfigurationProperty(
                index_arn=index.attr_index_arn
            ),
        )
        # Every index of the bucket: Bedrock deletes the vectors of a replaced knowledge base with this role, too.
        indexes = f"{bucket.attr_vector_bucket_arn}/index/*"
        keep = [f"s3vectors:{action}" for action in ACTIONS]
        self.statements = [iam.PolicyStatement(sid="KeepVectors", actions=keep, resources=[indexes])]
        self.wildcards = self.permitted_arns = [indexes]
        if request.kms_key:
            _allow_indexing(request.kms_key, cdk.Stack.of(request.scope).account)


def _bucket(request: StoreRequest) -> s3vectors.CfnVectorBucket:
    # No names: every property is create-only, and a fixed name would block a replacement.
    encryption = s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(
        sse_type="aws:kms" if request.kms_key else "AES256",
        kms_key_arn=request.kms_key.key_arn if request.kms_key else None,
    )
    bucket = s3vectors.CfnVectorBucket(request.scope, "VectorBucket", encryption_configuration=encryption)
    bucket.apply_removal_policy(request.removal_policy)
    return bucket


def _index(request: StoreRequest, bucket: s3vectors.CfnVectorBucket) -> s3vectors.CfnIndex:
    index = s3vectors.CfnIndex(
        request.scope,
        f"VectorIndex{request.again}",
        vector_bucket_arn=bucket.attr_vector_bucket_arn,
        data_type="float32",
        dimension=request.dimensions,
        distance_metric="cosine",
        metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
            non_filterable_metadata_keys=list(NON_FILTERABLE_KEYS)
        ),
    )
    index.apply_removal_policy(request.removal_policy)
    return index


def _allow_indexing(key: kms.IKey, account: str) -> None:
    # S3 Vectors indexes with its own principal. This does not change the policy of an imported key: its owner must.
    # In a key policy, "*" means this key.
    indexing = iam.PolicyStatement(sid="IndexVectors", actions=["kms:Decrypt"], resources=["*"])
    indexing.add_service_principal("indexing.s3vectors.amazonaws.com")
    indexing.add_condition("StringEquals", {"aws:SourceAccount": account})
    key.add_to_resource_policy(indexing)
