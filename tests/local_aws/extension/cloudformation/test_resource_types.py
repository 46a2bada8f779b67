"""Stacks with the added types: created, updated in place, replaced, rolled back, failed and deleted as on AWS."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK = "Types"
ROLE = "arn:aws:iam::000000000000:role/knowledge"
EMBEDDING_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def knowledge_base(dimensions: int = 1024) -> dict[str, Any]:
    model = {"BedrockEmbeddingModelConfiguration": {"Dimensions": dimensions}}
    vector = {"EmbeddingModelArn": EMBEDDING_MODEL, "EmbeddingModelConfiguration": model}
    return {
        "Name": "manuals",
        "RoleArn": ROLE,
        "Tags": {"Owner": "support"},
        "KnowledgeBaseConfiguration": {"Type": "VECTOR", "VectorKnowledgeBaseConfiguration": vector},
        "StorageConfiguration": {
            "Type": "S3_VECTORS",
            "S3VectorsConfiguration": {"IndexArn": {"Fn::GetAtt": ["Index", "IndexArn"]}},
        },
    }


def data_source() -> dict[str, Any]:
    fixed = {"MaxTokens": {"Ref": "Tokens"}, "OverlapPercentage": 20}
    return {
        "KnowledgeBaseId": {"Ref": "Base"},
        "Name": "documents",
        "DataSourceConfiguration": {"Type": "S3", "S3Configuration": {"BucketArn": "arn:aws:s3:::documents"}},
        "VectorIngestionConfiguration": {
            "ChunkingConfiguration": {"ChunkingStrategy": "FIXED_SIZE", "FixedSizeChunkingConfiguration": fixed}
        },
    }


def template() -> dict[str, Any]:
    bucket_arn = {"Fn::GetAtt": ["Bucket", "VectorBucketArn"]}
    index = {"VectorBucketArn": bucket_arn, "DataType": "float32", "Dimension": 1024, "DistanceMetric": "cosine"}
    guardrail = {"Name": "polite", "BlockedInputMessaging": "no", "BlockedOutputsMessaging": "no"}
    profile = {"InferenceProfileName": "costs", "ModelSource": {"CopyFrom": EMBEDDING_MODEL}}
    limit = {"Amount": 100, "Unit": "USD"}
    budget = {"BudgetName": "bedrock", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit}
    policy = {"VectorBucketArn": bucket_arn, "Policy": {"Version": "2012-10-17", "Statement": []}}
    resources = {
        "Bucket": ("S3Vectors::VectorBucket", {}),
        "BucketPolicy": ("S3Vectors::VectorBucketPolicy", policy),
        "Index": ("S3Vectors::Index", index),
        "Base": ("Bedrock::KnowledgeBase", knowledge_base()),
        "Source": ("Bedrock::DataSource", data_source()),
        "Guard": ("Bedrock::Guardrail", guardrail),
        "GuardVersion": (
            "Bedrock::GuardrailVersion",
            {"GuardrailIdentifier": {"Fn::GetAtt": ["Guard", "GuardrailId"]}},
        ),
        "Profile": ("Bedrock::ApplicationInferenceProfile", profile),
        "Budget": ("Budgets::Budget", {"Budget": budget}),
    }
    outputs = {
        "Index": ["Index", "IndexArn"],
        "Base": ["Base", "KnowledgeBaseId"],
        "BaseArn": ["Base", "KnowledgeBaseArn"],
        "Source": ["Source", "DataSourceId"],
        "Guard": ["Guard", "GuardrailId"],
        "GuardVersion": ["GuardVersion", "Version"],
        "Profile": ["Profile", "InferenceProfileId"],
    }
    return {
        "Parameters": {"Tokens": {"Type": "Number", "Default": 300}},
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in resources.items()
        },
        "Outputs": {name: {"Value": {"Fn::GetAtt": attribute}} for name, attribute in outputs.items()},
    }


def update(client: Client, changed: dict[str, Any]) -> dict[str, Any]:
    client("cloudformation").update_stack(StackName=STACK, TemplateBody=json.dumps(changed))
    return ended(client, STACK)


@pytest.fixture(scope="module", autouse=True)
def _role(client: Client) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName="knowledge", AssumeRolePolicyDocument=document)


@pytest.fixture
def stack(client: Client) -> Iterator[dict[str, str]]:
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template()))
    created = ended(client, STACK)
    assert created["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield outputs_of(created)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=created["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def test_the_services_have_the_resources_of_a_stack(stack: dict[str, str], client: Client) -> None:
    agent, bedrock = client("bedrock-agent"), client("bedrock")

    base = agent.get_knowledge_base(knowledgeBaseId=stack["Base"])["knowledgeBase"]
    assert base["knowledgeBaseArn"] == stack["BaseArn"]
    assert base["storageConfiguration"]["s3VectorsConfiguration"]["indexArn"] == stack["Index"]
    assert agent.list_tags_for_resource(resourceArn=stack["BaseArn"])["tags"] == {"Owner": "support"}
    source = agent.get_data_source(knowledgeBaseId=stack["Base"], dataSourceId=stack["Source"])["dataSource"]
    chunking = source["vectorIngestionConfiguration"]["chunkingConfiguration"]["fixedSizeChunkingConfiguration"]
    assert chunking == {"maxTokens": 300, "overlapPercentage": 20}
    guardrail = bedrock.get_guardrail(guardrailIdentifier=stack["Guard"], guardrailVersion=stack["GuardVersion"])
    assert guardrail["name"] == "polite"
    profile = bedrock.get_inference_profile(inferenceProfileIdentifier=stack["Profile"])
    assert profile["inferenceProfileName"] == "costs"
    budgets = client("budgets").describe_budgets(AccountId="000000000000")["Budgets"]
    assert [budget["BudgetName"] for budget in budgets] == ["bedrock"]


def test_nothing_is_left_of_a_deleted_stack(client: Client) -> None:
    left = client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
    assert "manuals" not in [base["name"] for base in left]  # other tests have knowledge bases
    assert client("bedrock").list_guardrails()["guardrails"] == []
    assert client("budgets").describe_budgets(AccountId="000000000000")["Budgets"] == []


def test_other_changes_are_made_in_place(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Resources"]["Base"]["Properties"]["Description"] = "new"
    changed["Resources"]["Index"]["Properties"]["Tags"] = [{"Key": "team", "Value": "support"}]
    changed["Resources"]["Guard"]["Properties"]["Description"] = "new"

    updated = update(client, changed)

    assert updated["StackStatus"] == "UPDATE_COMPLETE", reasons(client, STACK)
    assert outputs_of(updated) == stack
    base = client("bedrock-agent").get_knowledge_base(knowledgeBaseId=stack["Base"])["knowledgeBase"]
    assert base["description"] == "new"


def test_a_chunking_change_replaces_the_data_source(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Parameters"]["Tokens"]["Default"] = 500
    changed["Resources"]["Source"]["Properties"]["Name"] = "documents-500"

    updated = outputs_of(update(client, changed))

    assert updated["Base"] == stack["Base"]
    assert updated["Source"] != stack["Source"]
    sources = client("bedrock-agent").list_data_sources(knowledgeBaseId=stack["Base"])["dataSourceSummaries"]
    assert [source["dataSourceId"] for source in sources] == [updated["Source"]]


def test_a_replacement_with_the_same_name_fails(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Parameters"]["Tokens"]["Default"] = 500

    rolled_back = update(client, changed)

    assert rolled_back["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "documents already exists; use another Name" in reasons(client, STACK)
    client("bedrock-agent").get_data_source(knowledgeBaseId=stack["Base"], dataSourceId=stack["Source"])


def test_a_rollback_finds_the_predecessor(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Parameters"]["Tokens"]["Default"] = 500
    changed["Resources"]["Source"]["Properties"]["Name"] = "documents-500"
    wrong = {"Type": "AWS::S3Vectors::Index", "DependsOn": "Source", "Properties": {"Dimension": 3}}
    changed["Resources"]["Wrong"] = wrong

    assert update(client, changed)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    sources = client("bedrock-agent").list_data_sources(knowledgeBaseId=stack["Base"])["dataSourceSummaries"]
    assert [source["dataSourceId"] for source in sources] == [stack["Source"]]


def test_a_new_description_is_a_new_version_and_a_retained_one_stays(stack: dict[str, str], client: Client) -> None:
    changed = template()
    changed["Resources"]["Guard"]["Properties"]["BlockedInputMessaging"] = "never"
    changed["Resources"]["GuardVersion"]["Properties"]["Description"] = "Policy 2"
    changed["Resources"]["GuardVersion"] |= {"UpdateReplacePolicy": "Retain", "DeletionPolicy": "Retain"}

    updated = outputs_of(update(client, changed))

    bedrock = client("bedrock")
    said = {
        outputs["GuardVersion"]: bedrock.get_guardrail(
            guardrailIdentifier=stack["Guard"], guardrailVersion=outputs["GuardVersion"]
        )["blockedInputMessaging"]
        for outputs in (stack, updated)
    }
    assert said == {"1": "no", "2": "never"}


@pytest.mark.parametrize(
    ("resource", "change", "said"),
    [
        ("Base", {"StorageConfigurations": {}}, "'StorageConfigurations' was unexpected"),
        ("Base", knowledge_base(dimensions=256), "256 dimensions do not fit"),
        ("Index", {"VectorBucketArn": "arn:aws:s3vectors:us-east-1:000000000000:bucket/none"}, "does not exist"),
        ("Guard", {"Status": "READY"}, "Status: is read-only"),
    ],
)
def test_a_fault_fails_the_stack_with_its_reason(
    client: Client, resource: str, change: dict[str, Any], said: str
) -> None:
    wrong = copy.deepcopy(template())
    wrong["Resources"][resource]["Properties"] |= change
    name = f"Wrong{abs(hash(said))}"

    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(wrong))

    assert ended(client, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert said in reasons(client, name)
    client("cloudformation").delete_stack(StackName=name)
