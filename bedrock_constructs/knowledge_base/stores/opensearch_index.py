"""The vector index of a collection: its fields as Bedrock wants them, and the custom resource that makes it.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (fields, engine and distance)
"""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import CustomResource, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key

VECTOR_FIELD, TEXT_FIELD, METADATA_FIELD = "vector", "AMAZON_BEDROCK_TEXT_CHUNK", "AMAZON_BEDROCK_METADATA"


def index_schema(dimensions: int) -> dict[str, Any]:
    method = {"name": "hnsw", "engine": "faiss", "space_type": "l2", "parameters": {"ef_construction": 128, "m": 24}}
    properties = {
        VECTOR_FIELD: {"type": "knn_vector", "dimension": dimensions, "method": method},
        TEXT_FIELD: {"type": "text", "index": True},  # hybrid searches match its words
        METADATA_FIELD: {"type": "text", "index": False},
    }
    return {"settings": {"index": {"knn": True}}, "mappings": {"properties": properties}}


def collections_statement(scope: Construct, sid: str, kit_deployment: str) -> iam.PolicyStatement:
    """Access to the collections of the deployment, as far as their data access policies go."""
    collections = Stack.of(scope).format_arn(service="aoss", resource="collection", resource_name="*")
    own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}
    return iam.PolicyStatement(sid=sid, actions=["aoss:APIAccessAll"], resources=[collections], conditions=own)


def opensearch_index(
    scope: Construct, *, kit_deployment: str, collection_id: str, index_name: str, schema: Mapping[str, Any]
) -> CustomResource:
    """The rights are those of the deployment's collections, by tag: the Delete of a removed one needs them, too.

    What they reach is in the data access policy of each collection. The first three take no ARN.
    """
    actions = ["aoss:CreateIndex", "aoss:GetIndex", "aoss:DeleteIndex", "aoss:BatchGetCollection"]
    return CustomResourceProvider.of(scope).custom_resource(
        scope,
        resource_type="Custom::OpenSearchIndex",
        properties={
            "CollectionId": collection_id,
            "IndexName": index_name,
            "Schema": json.dumps(schema, sort_keys=True, separators=(",", ":")),
        },
        statements=[
            iam.PolicyStatement(sid="Indexes", actions=actions, resources=["*"]),
            collections_statement(scope, "Collections", kit_deployment),
        ],
        acknowledgment="the data access policies of the collections decide which indexes these rights reach",
    )
