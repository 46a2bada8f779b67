"""Vectors in OpenSearch Serverless: a private collection of its own. Its searches match words beside meaning.

Billed by the OCU-hour from its creation to its deletion, used or not. So the collection is never retained: the vectors
can be made again from the documents. Its policies name it before it exists, and so do theirs.
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-create-security.html (data access and network policies)
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-scaling.html (idle OCUs)
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_opensearchserverless as aoss
from constructs import Construct, IDependable

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from bedrock_constructs.knowledge_base.stores.opensearch_index import (
    METADATA_FIELD,
    TEXT_FIELD,
    VECTOR_FIELD,
    collections_statement,
    index_schema,
    opensearch_index,
)
from bedrock_constructs.knowledge_base.stores.store import BuiltStore, StoreRequest
from kit_contract.tags import DEPLOYMENT_TAG
from kit_contract.vector_stores import OPENSEARCH_SERVERLESS

# The knowledge base searches and writes; CreateIndex and its like reach a private collection as the second service.
SOURCE_SERVICES = ("bedrock.amazonaws.com", "aoss.amazonaws.com")
READ_AND_WRITE = ("aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument")
MAKE = ("aoss:CreateIndex", "aoss:DescribeIndex", "aoss:DeleteIndex")
NAME_LENGTH = 32  # of a policy; the collection has the same


@dataclass(frozen=True)
class OpenSearchServerless:
    """`standby_replicas` in another Availability Zone double the price. A change makes another collection."""

    standby_replicas: bool = False
    type = OPENSEARCH_SERVERLESS

    def build(self, request: StoreRequest) -> BuiltStore:
        return _Built(request, standby_replicas=self.standby_replicas)


class _Built:
    key_services: Sequence[str] = ()  # the collection uses the key with a grant of its own

    def __init__(self, request: StoreRequest, *, standby_replicas: bool) -> None:
        self.replacing: Sequence[object] = ("opensearch-serverless", standby_replicas)
        name = _name(request.kit_deployment, request.name, standby_replicas, request.again)
        collection = _collection(request, name, standby_replicas=standby_replicas)
        access = _access_policy(request, name)
        schema = index_schema(request.dimensions)
        index_name = f"vectors-{request.dimensions}-{_digest(schema)}"
        index = opensearch_index(
            Construct(request.scope, f"OpenSearchIndex{request.again}"),
            kit_deployment=request.kit_deployment,
            collection_id=collection.attr_id,
            index_name=index_name,
            schema=schema,
        )
        index.node.add_dependency(collection, access)
        self.awaited: Sequence[IDependable] = (index, access)
        # Also the collection that this one replaces: Bedrock deletes its vectors with this role.
        self.statements = [collections_statement(request.scope, "KeepVectors", request.kit_deployment)]
        self.wildcards = self.statements[0].resources
        self.permitted_arns = [collection.attr_arn, f"index/{name}/{index_name}"]
        properties = bedrock.CfnKnowledgeBase
        self.storage_configuration = properties.StorageConfigurationProperty(
            type=OPENSEARCH_SERVERLESS,
            opensearch_serverless_configuration=properties.OpenSearchServerlessConfigurationProperty(
                collection_arn=collection.attr_arn,
                vector_index_name=index_name,
                field_mapping=properties.OpenSearchServerlessFieldMappingProperty(
                    vector_field=VECTOR_FIELD, text_field=TEXT_FIELD, metadata_field=METADATA_FIELD
                ),
            ),
        )


def _collection(request: StoreRequest, name: str, *, standby_replicas: bool) -> aoss.CfnCollection:
    rules = [{"ResourceType": "collection", "Resource": [f"collection/{name}"]}]
    key: dict[str, Any] = {"AWSOwnedKey": False, "KmsARN": request.kms_key.key_arn} if request.kms_key else {}
    encryption = _security_policy(request, "encryption", name, {"Rules": rules, "AWSOwnedKey": True, **key})
    private = {"Rules": rules, "AllowFromPublic": False, "SourceServices": list(SOURCE_SERVICES)}
    network = _security_policy(request, "network", name, [private])
    collection = aoss.CfnCollection(
        request.scope,
        f"Collection{request.again}",
        name=name,
        type="VECTORSEARCH",
        standby_replicas="ENABLED" if standby_replicas else "DISABLED",
    )
    # Another tag would replace the collection, whose name is taken then: only that by which rights are given.
    collection.add_property_override("Tags", [{"Key": DEPLOYMENT_TAG, "Value": request.kit_deployment}])
    collection.apply_removal_policy(RemovalPolicy.DESTROY)
    collection.node.add_dependency(encryption, network)
    return collection


def _security_policy(request: StoreRequest, kind: str, name: str, document: object) -> aoss.CfnSecurityPolicy:
    policy = cdk.Stack.of(request.scope).to_json_string(document)
    logical_id = f"{kind.capitalize()}Policy{request.again}"
    return aoss.CfnSecurityPolicy(request.scope, logical_id, name=name, type=kind, policy=policy)


def _access_policy(request: StoreRequest, name: str) -> aoss.CfnAccessPolicy:
    """Of two roles in one policy: when the one that makes the index has access, so has that of the knowledge base."""
    maker = CustomResourceProvider.of(request.scope).roles[0]
    document = [
        {
            "Rules": [{"ResourceType": "index", "Resource": [f"index/{name}/*"], "Permission": list(permissions)}],
            "Principal": [role.role_arn],
        }
        for role, permissions in ((request.role, READ_AND_WRITE), (maker, MAKE))
    ]
    policy = cdk.Stack.of(request.scope).to_json_string(document)
    return aoss.CfnAccessPolicy(request.scope, f"AccessPolicy{request.again}", name=name, type="data", policy=policy)


def _name(kit_deployment: str, name: str, *replacing: object) -> str:
    """Unique in account and Region, also beside the collection that it replaces."""
    digest = _digest([kit_deployment, name, *replacing])
    stem = re.sub("-+", "-", f"{kit_deployment}-{name}")[: NAME_LENGTH - len(digest) - 1].rstrip("-")
    return f"{stem}-{digest}"


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
