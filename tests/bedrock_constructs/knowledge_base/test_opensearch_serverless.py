"""A collection of OpenSearch Serverless as store: private, never retained, with an index that the kit makes."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from constructs import Construct

from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.knowledge_base.knowledge_base import KnowledgeBase
from bedrock_constructs.knowledge_base.stores.opensearch_serverless import OpenSearchServerless
from tests.bedrock_constructs.knowledge_base.test_knowledge_base import CONTEXT

COLLECTION = "AWS::OpenSearchServerless::Collection"


def a_template(*, standby_replicas: bool = False, tag: str = "", **changes: Any) -> dict[str, dict[str, Any]]:
    """Logical id -> resource."""
    app = cdk.App(context=CONTEXT)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    arguments: dict[str, Any] = {
        "kit_deployment": "support-assistant",
        "name": "documents",
        "embedding_model_id": "amazon.titan-embed-text-v2:0",
        "dimensions": 1024,
        "removal": "retain",
        "allow_data_deletion": False,
        "wait_for_role": False,
        "store": OpenSearchServerless(standby_replicas=standby_replicas),
    }
    made = KnowledgeBase(stack, "KnowledgeBase", **{**arguments, **changes})
    waiting = Construct(stack, "RolePropagation")
    made.create_after(role_propagation(waiting, role=made.role, resources=made.permitted_arns))
    if tag:
        cdk.Tags.of(app).add("owner", tag)
    return dict(Template.from_stack(stack).to_json()["Resources"])


def of_type(resources: dict[str, dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {name: item for name, item in resources.items() if item["Type"] == kind}


def only(resources: dict[str, dict[str, Any]], kind: str) -> tuple[str, dict[str, Any]]:
    (found,) = of_type(resources, kind).items()
    return found


def text_of(policy: Any) -> str:
    """A policy's JSON, with a name for each reference."""
    if isinstance(policy, str):
        return policy
    parts = policy["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else next(iter(part.values()))[0] for part in parts)


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    return a_template()


def test_the_collection_is_private_encrypted_and_reached_by_two_services_only(
    resources: dict[str, dict[str, Any]],
) -> None:
    policies = [item["Properties"] for item in of_type(resources, "AWS::OpenSearchServerless::SecurityPolicy").values()]
    by_type = {item["Type"]: json.loads(text_of(item["Policy"])) for item in policies}
    _, collection = only(resources, COLLECTION)
    name = collection["Properties"]["Name"]
    rules = [{"ResourceType": "collection", "Resource": [f"collection/{name}"]}]

    assert by_type["encryption"] == {"Rules": rules, "AWSOwnedKey": True}
    services = ["bedrock.amazonaws.com", "aoss.amazonaws.com"]
    assert by_type["network"] == [{"Rules": rules, "AllowFromPublic": False, "SourceServices": services}]
    assert {item["Name"] for item in policies} == {name}
    assert len(name) <= 32
    assert set(collection["DependsOn"]) == set(of_type(resources, "AWS::OpenSearchServerless::SecurityPolicy"))
    assert (collection["Properties"]["Type"], collection["Properties"]["StandbyReplicas"]) == (
        "VECTORSEARCH",
        "DISABLED",
    )


def test_a_collection_that_is_billed_by_the_hour_is_never_retained(resources: dict[str, dict[str, Any]]) -> None:
    _, collection = only(resources, COLLECTION)

    assert (collection["DeletionPolicy"], collection["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_two_roles_have_access_each_to_what_it_does(resources: dict[str, dict[str, Any]]) -> None:
    _, access = only(resources, "AWS::OpenSearchServerless::AccessPolicy")
    knowledge_base, maker = json.loads(text_of(access["Properties"]["Policy"]))

    assert knowledge_base["Principal"][0].startswith("KnowledgeBaseRole")
    assert knowledge_base["Rules"][0]["Permission"] == ["aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument"]
    assert maker["Principal"][0].startswith("CustomResourceProvider")
    assert "aoss:ReadDocument" not in maker["Rules"][0]["Permission"]


def test_the_knowledge_base_fits_the_index_and_waits_for_it(resources: dict[str, dict[str, Any]]) -> None:
    index_id, index = only(resources, "Custom::OpenSearchIndex")
    wait_id, wait = only(resources, "Custom::RolePropagation")
    access_id, _ = only(resources, "AWS::OpenSearchServerless::AccessPolicy")
    _, base = only(resources, "AWS::Bedrock::KnowledgeBase")
    storage = base["Properties"]["StorageConfiguration"]["OpensearchServerlessConfiguration"]
    fields = json.loads(index["Properties"]["Schema"])["mappings"]["properties"]

    assert storage["VectorIndexName"] == index["Properties"]["IndexName"]
    mapping = storage["FieldMapping"]
    assert fields[mapping["VectorField"]]["dimension"] == 1024
    assert fields[mapping["VectorField"]]["method"]["engine"] == "faiss"
    assert fields[mapping["TextField"]]["index"] is True  # words are searched
    assert fields[mapping["MetadataField"]]["index"] is False
    assert {index_id, access_id, wait_id} <= set(base["DependsOn"])
    assert {index_id, access_id} <= set(wait["DependsOn"])
    assert access_id in index["DependsOn"]


def test_rights_reach_the_collections_of_the_deployment_by_tag(resources: dict[str, dict[str, Any]]) -> None:
    _, collection = only(resources, COLLECTION)
    own = {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": "support-assistant"}}
    granted = [
        statement
        for policy in of_type(resources, "AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "aoss:APIAccessAll"
    ]

    assert [statement["Condition"] for statement in granted] == [own, own]
    assert collection["Properties"]["Tags"] == [{"Key": "bedrock-kit:deployment", "Value": "support-assistant"}]


def test_a_tag_of_the_users_replaces_no_collection() -> None:
    """Tags are create-only, and the name would be taken."""
    assert only(a_template(tag="me"), COLLECTION) == only(a_template(), COLLECTION)


@pytest.mark.parametrize("change", [{"standby_replicas": True}, {"generation": 2}])
def test_another_collection_has_another_name_and_another_knowledge_base(
    resources: dict[str, dict[str, Any]], change: dict[str, Any]
) -> None:
    changed = a_template(**change)

    for kind in (COLLECTION, "AWS::OpenSearchServerless::AccessPolicy", "AWS::Bedrock::KnowledgeBase"):
        assert only(changed, kind)[1]["Properties"]["Name"] != only(resources, kind)[1]["Properties"]["Name"]


def test_other_dimensions_make_another_index_in_the_same_collection(resources: dict[str, dict[str, Any]]) -> None:
    changed = a_template(dimensions=512)

    assert only(changed, COLLECTION) == only(resources, COLLECTION)
    assert only(changed, "Custom::OpenSearchIndex")[1] != only(resources, "Custom::OpenSearchIndex")[1]
    assert only(changed, "AWS::Bedrock::KnowledgeBase")[1] != only(resources, "AWS::Bedrock::KnowledgeBase")[1]


def test_names_of_the_longest_sections_are_taken() -> None:
    name = only(a_template(name="a" * 31, kit_deployment="b-" * 10 + "c"), COLLECTION)[1]["Properties"]["Name"]

    assert len(name) <= 32
    assert "--" not in name
