"""A collection and its policies in a stack; indexes that its API makes; and what Bedrock refuses of them."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK, NAME, INDEX = "Searching", "sup-documents", "vectors-4"
ROLE = "arn:aws:iam::000000000000:role/searching"
EMBEDDING_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
RULES = [{"ResourceType": "collection", "Resource": [f"collection/{NAME}"]}]
SERVICES = ["bedrock.amazonaws.com", "aoss.amazonaws.com"]
READ = ["aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument"]
MAKE = ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:DeleteIndex"]
TEXT, METADATA = {"type": "text", "index": True}, {"type": "text", "index": False}


def schema(engine: str = "faiss") -> dict[str, Any]:
    vector = {"type": "knn_vector", "dimension": 256, "method": {"name": "hnsw", "engine": engine}}
    return {"mappings": {"properties": {"vector": vector, "text": TEXT, "metadata": METADATA}}}


def template(*, services: list[str] | None = None, reading: list[str] | None = None, base: Any = None) -> str:
    network = [{"Rules": RULES, "AllowFromPublic": False, "SourceServices": services or SERVICES}]
    access = [
        {
            "Rules": [{"ResourceType": "index", "Resource": [f"index/{NAME}/*"], "Permission": allowed}],
            "Principal": [who],
        }
        for allowed, who in ((reading or READ, ROLE), (MAKE, "arn:aws:iam::000000000000:role/maker"))
    ]
    policies = {
        "Encryption": ("SecurityPolicy", "encryption", {"Rules": RULES, "AWSOwnedKey": True}),
        "Network": ("SecurityPolicy", "network", network),
        "Access": ("AccessPolicy", "data", access),
    }
    resources: dict[str, Any] = {
        name: {
            "Type": f"AWS::OpenSearchServerless::{kind}",
            "Properties": {"Name": NAME, "Type": of, "Policy": json.dumps(document)},
        }
        for name, (kind, of, document) in policies.items()
    }
    resources["Collection"] = {
        "Type": "AWS::OpenSearchServerless::Collection",
        "DependsOn": ["Encryption", "Network"],
        "Properties": {
            "Name": NAME,
            "Type": "VECTORSEARCH",
            "StandbyReplicas": "DISABLED",
            "Tags": [{"Key": "Team", "Value": "search"}],
        },
    }
    if base:
        resources["Base"] = {"Type": "AWS::Bedrock::KnowledgeBase", "DependsOn": ["Access"], "Properties": base}
    attributes = {"Id": "Id", "Arn": "Arn"}
    outputs = {name: {"Value": {"Fn::GetAtt": ["Collection", item]}} for name, item in attributes.items()}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def knowledge_base(*, dimensions: int = 256, text_field: str = "text", index: str = INDEX) -> dict[str, Any]:
    model = {"BedrockEmbeddingModelConfiguration": {"Dimensions": dimensions}}
    vector = {"EmbeddingModelArn": EMBEDDING_MODEL, "EmbeddingModelConfiguration": model}
    mapping = {"VectorField": "vector", "TextField": text_field, "MetadataField": "metadata"}
    arn = {"Fn::GetAtt": ["Collection", "Arn"]}
    opensearch = {"CollectionArn": arn, "VectorIndexName": index, "FieldMapping": mapping}
    return {
        "Name": "searching",
        "RoleArn": ROLE,
        "KnowledgeBaseConfiguration": {"Type": "VECTOR", "VectorKnowledgeBaseConfiguration": vector},
        "StorageConfiguration": {"Type": "OPENSEARCH_SERVERLESS", "OpensearchServerlessConfiguration": opensearch},
    }


@pytest.fixture(scope="module")
def collection(client: Client) -> Iterator[dict[str, str]]:
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    own = {"StringEquals": {"aws:ResourceTag/Team": "search"}}
    access = {"Effect": "Allow", "Action": "aoss:APIAccessAll", "Resource": "*", "Condition": own}
    iam, cloudformation = client("iam"), client("cloudformation")
    documents = [json.dumps({"Version": "2012-10-17", "Statement": [one]}) for one in (trust, access)]
    iam.create_role(RoleName="searching", AssumeRolePolicyDocument=documents[0])
    iam.put_role_policy(RoleName="searching", PolicyName="access", PolicyDocument=documents[1])
    cloudformation.create_stack(StackName=STACK, TemplateBody=template())
    created = ended(client, STACK)
    assert created["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield outputs_of(created)
    cloudformation.delete_stack(StackName=STACK)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=created["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert client("opensearchserverless").list_collections()["collectionSummaries"] == []
    assert client("opensearchserverless").list_access_policies(type="data")["accessPolicySummaries"] == []


@pytest.fixture
def index(collection: dict[str, str], client: Client) -> Iterator[Any]:
    """The client, and the place of an index; made as soon as access is in force."""
    aoss, place = client("opensearchserverless"), {"id": collection["Id"], "indexName": INDEX}
    _awaited(lambda: aoss.create_index(**place, indexSchema=schema()))
    yield aoss, place
    aoss.delete_index(**place)


def _awaited(call: Any) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDeniedException" or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def update(client: Client, **changes: Any) -> tuple[str, str]:
    client("cloudformation").update_stack(StackName=STACK, TemplateBody=template(**changes))
    return ended(client, STACK)["StackStatus"], reasons(client, STACK)


def test_an_index_shows_after_it_was_made_and_is_made_once(index: Any) -> None:
    aoss, place = index

    assert aoss.get_index(**place)["indexSchema"] == schema()
    with pytest.raises(aoss.exceptions.ConflictException):
        aoss.create_index(**place, indexSchema=schema())
    with pytest.raises(aoss.exceptions.ResourceNotFoundException):
        aoss.get_index(**{**place, "indexName": "other"})


def test_bedrock_takes_only_what_it_can_use(index: Any, client: Client) -> None:
    for base, message in (
        (knowledge_base(index="other"), "no such index [other]"),
        (knowledge_base(dimensions=512), "Query vector has invalid dimension: 512. Dimension should be: 256"),
        (knowledge_base(text_field="body"), "The index has no field body"),
    ):
        status, found = update(client, base=base)
        assert status == "UPDATE_ROLLBACK_COMPLETE"
        assert message in found

    status, found = update(client, base=knowledge_base())
    assert status == "UPDATE_COMPLETE", found
    assert update(client)[0] == "UPDATE_COMPLETE"  # without the knowledge base


def test_another_service_or_a_policy_that_does_not_admit_is_refused(index: Any, client: Client) -> None:
    aoss, place = index
    assert update(client, services=["bedrock.amazonaws.com"])[0] == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="User does not have permissions"):
        aoss.get_index(**place)

    status, found = update(client, services=["aoss.amazonaws.com"], base=knowledge_base())
    assert (status, "admits no Bedrock" in found) == ("UPDATE_ROLLBACK_COMPLETE", True)
    status, found = update(client, reading=["aoss:DescribeIndex"], base=knowledge_base())
    assert (status, "security_exception" in found) == ("UPDATE_ROLLBACK_COMPLETE", True)

    assert update(client)[0] == "UPDATE_COMPLETE"
    _awaited(lambda: aoss.get_index(**place))
