"""A KnowledgeBase alone in a stack of yours, with its defaults and each store, without the kit's app and its flags."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.store import AuroraPostgresql
from bedrock_constructs.knowledge_base.stores.managed import Managed
from bedrock_constructs.knowledge_base.stores.opensearch_serverless import OpenSearchServerless
from bedrock_constructs.knowledge_base.stores.s3_vectors import S3Vectors
from bedrock_constructs.knowledge_base.stores.store import Store

STORES: dict[str, Store] = {
    "S3_VECTORS": S3Vectors(),
    "OPENSEARCH_SERVERLESS": OpenSearchServerless(),
    "RDS": AuroraPostgresql(),
    "MANAGED": Managed(),
}


def alone(store: Store | None, **environment: str) -> dict[str, dict[str, Any]]:
    """Logical id -> resource of a plain stack."""
    stack = cdk.Stack(cdk.App(), "MyDocuments", env=cdk.Environment(**environment) if environment else None)
    if store:
        KnowledgeBase(stack, "KnowledgeBase", store=store)
    else:
        KnowledgeBase(stack, "KnowledgeBase")
    return dict(Template.from_stack(stack).to_json()["Resources"])


def only(resources: dict[str, dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = (item for item in resources.values() if item["Type"] == kind)
    return dict(found["Properties"])


@pytest.mark.parametrize("environment", [{}, {"account": "111122223333", "region": "us-east-1"}])
@pytest.mark.parametrize("kind", STORES)
def test_each_store_needs_nothing_but_the_construct(kind: str, environment: dict[str, str]) -> None:
    resources = alone(STORES[kind], **environment)

    made = only(resources, "AWS::Bedrock::KnowledgeBase")
    storage = made.get("StorageConfiguration", {}).get("Type", made["KnowledgeBaseConfiguration"]["Type"])
    assert storage == kind
    assert made["Name"].startswith("mydocuments")
    assert only(resources, "AWS::Bedrock::DataSource")["Name"].startswith("documents-")
    names = {item["Properties"].get("Name", "") for item in resources.values() if "OpenSearch" in item["Type"]}
    assert all(name == name.lower() for name in names)


def test_it_waits_until_the_role_is_known_everywhere() -> None:
    resources = alone(None)
    (waiting,) = (name for name, item in resources.items() if item["Type"] == "Custom::RolePropagation")
    (made,) = (item for item in resources.values() if item["Type"] == "AWS::Bedrock::KnowledgeBase")

    assert waiting in made["DependsOn"]


def test_the_default_store_costs_nothing_while_idle() -> None:
    assert alone(None).keys() == alone(S3Vectors()).keys()


def test_a_managed_one_has_no_store_no_model_and_the_connector_s_data_source() -> None:
    resources = alone(Managed())

    made = only(resources, "AWS::Bedrock::KnowledgeBase")
    managed = {"EmbeddingModelType": "MANAGED"}
    assert made["KnowledgeBaseConfiguration"] == {"Type": "MANAGED", "ManagedKnowledgeBaseConfiguration": managed}
    assert "StorageConfiguration" not in made
    source = only(resources, "AWS::Bedrock::DataSource")
    assert (source["DataDeletionPolicy"], source["DataSourceConfiguration"]["Type"]) == (
        "DELETE",
        "MANAGED_KNOWLEDGE_BASE_CONNECTOR",
    )
    connector = source["DataSourceConfiguration"]["ManagedKnowledgeBaseConnectorConfiguration"]
    parameters = connector["ConnectorParameters"]
    assert (parameters["type"], parameters["version"]) == ("S3", "1")
    assert parameters["filterConfiguration"] == {"inclusionPrefixes": ["documents/"]}
    assert connector["DeletionProtectionConfiguration"] == {"DeletionProtectionStatus": "DISABLED"}
    actions = {
        action
        for item in resources.values()
        if item["Type"] == "AWS::IAM::Policy"
        for statement in item["Properties"]["PolicyDocument"]["Statement"]
        for action in [statement["Action"]]
        if isinstance(action, str)
    }
    assert {"s3:ListBucket", "s3:GetObject"} <= actions
    assert not [action for action in actions if action.startswith("bedrock:")]
