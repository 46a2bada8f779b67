"""One construct for documents, their upload and their ingestion, in somebody else's stack."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from bedrock_constructs.knowledge_base.bucket_source import BucketSource
from bedrock_constructs.knowledge_base.document_knowledge_base import DocumentKnowledgeBase
from kit_contract.tags import DEPLOYMENT_TAG


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    (tmp_path / "one.md").write_text("# One\n", encoding="utf-8")
    return tmp_path


def names_of_sources(documents: Path) -> list[str]:
    stack = cdk.Stack(cdk.App(), "Shop")
    for number in range(len(str(documents)) % 3):  # tokens are numbered: the name must not depend on it
        s3.Bucket(stack, f"Other{number}").bucket_arn  # noqa: B018
    manuals = s3.Bucket(stack, "Manuals")
    DocumentKnowledgeBase(stack, "Manual", sources=[BucketSource.of("manuals", manuals)])
    found = Template.from_stack(stack).find_resources("AWS::Bedrock::DataSource")
    return sorted(item["Properties"]["Name"] for item in found.values())


def test_documents_are_uploaded_and_ingested_and_data_is_kept(documents: Path) -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    made = DocumentKnowledgeBase(stack, "My Manual", documents=documents)
    template = Template.from_stack(stack)

    assert (made.name, made.kit_deployment) == ("my-manual", "shop")
    template.resource_count_is("Custom::BucketObjects", 1)
    template.resource_count_is("Custom::BedrockIngestionStart", 1)
    template.has_resource("AWS::S3Vectors::VectorBucket", {"UpdateReplacePolicy": "Retain"})
    template.has_resource_properties("AWS::Bedrock::KnowledgeBase", {"Tags": {DEPLOYMENT_TAG: "shop"}})


def test_the_data_goes_with_the_stack_if_that_is_asked_for(documents: Path) -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    DocumentKnowledgeBase(stack, "Manual", documents=documents, removal_policy=cdk.RemovalPolicy.DESTROY)

    Template.from_stack(stack).has_resource("AWS::S3Vectors::VectorBucket", {"DeletionPolicy": "Delete"})


def test_a_bucket_of_the_app_is_a_source_whose_name_is_the_same_in_each_synth(tmp_path: Path) -> None:
    first, second = names_of_sources(tmp_path), names_of_sources(Path(f"{tmp_path}x"))

    assert first == second
    assert len(first) == 2


def test_grants_name_the_knowledge_base_and_its_documents_only() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    made, reader = DocumentKnowledgeBase(stack, "Manual"), iam.Role(stack, "Reader", assumed_by=iam.AnyPrincipal())
    made.grant_retrieve(reader)
    made.grant_upload_documents(reader)
    found = granted(Template.from_stack(stack), "Reader")

    assert {"bedrock:Retrieve", "s3:PutObject"} <= {action for item in found for action in actions(item)}
    assert all(item["Resource"] != "*" for item in found)


def test_metrics_are_those_of_the_alarm() -> None:
    made = DocumentKnowledgeBase(cdk.Stack(cdk.App(), "Shop"), "Manual")
    metric = made.metric_failed_documents(period=cdk.Duration.hours(1))

    assert metric.period.to_seconds() == 3600
    assert metric.dimensions == made.ingestion.metric_failures().dimensions


def granted(template: Template, role: str) -> list[dict[str, Any]]:
    policies = template.find_resources("AWS::IAM::Policy", {"Properties": {"Roles": Match.any_value()}})
    return [
        statement
        for logical_id, policy in policies.items()
        if logical_id.startswith(role)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else list(found)


def test_s3_refuses_a_bucket_policy_with_rights_on_the_key(documents: Path) -> None:
    """It takes actions of S3 only: W3037 of cfn-lint."""
    stack = cdk.Stack(cdk.App(), "Shop")
    key = kms.Key(stack, "Key")
    DocumentKnowledgeBase(stack, "Manual", documents=documents, kms_key=key)
    template = Template.from_stack(stack)
    policies = [
        item["Properties"]["PolicyDocument"] for item in template.find_resources("AWS::S3::BucketPolicy").values()
    ]
    actions = [one for policy in policies for item in policy["Statement"] for one in _as_list(item["Action"])]

    assert [action for action in actions if not action.startswith("s3:")] == []
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
                                "Resource": stack.resolve(key.key_arn),
                            }
                        )
                    ]
                )
            },
            "Roles": Match.array_with([{"Ref": Match.string_like_regexp("^CustomResourceProvider")}]),
        },
    )


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
