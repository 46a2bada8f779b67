"""CustomizationRole: its trust policy, and access to its own prefixes and key only."""

from typing import Any

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from bedrock_constructs.customization.role import CustomizationRole
from tests.bedrock_constructs.customization.customization_stack import KEY_ARN, empty_stack, listed, only, statements_of

BUCKET_ARN = "arn:aws:s3:::the-bucket"


def a_template(*, customer_key: bool) -> Template:
    stack = empty_stack({"@aws-cdk/core:enablePartitionLiterals": True})
    CustomizationRole(
        stack,
        "Support",
        bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "the-bucket"),
        data_prefix="data/support/",
        output_prefix="output/support/",
        kms_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN) if customer_key else None,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return a_template(customer_key=True)


def resources(statement: dict[str, Any]) -> list[str]:
    """With the partition written out, as a literal where the stack's region is known."""
    found = []
    for value in listed(statement["Resource"]):
        text = value if isinstance(value, str) else "".join(p if isinstance(p, str) else "aws" for p in joined(value))
        found.append(text)
    return found


def joined(value: dict[str, Any]) -> list[Any]:
    parts: list[Any] = value["Fn::Join"][1]
    return parts


def test_only_bedrock_may_assume_it_and_only_for_jobs_of_this_account_and_region(template: Template) -> None:
    (statement,) = only(template, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:111122223333:model-customization-job/*"},
    }


def test_it_has_no_managed_policy_and_no_wildcard_action(template: Template) -> None:
    assert "ManagedPolicyArns" not in only(template, "AWS::IAM::Role")
    for statement in statements_of(template).values():
        assert not [action for action in listed(statement["Action"]) if "*" in action]
        assert "*" not in listed(statement["Resource"])


def test_it_reads_its_data_and_writes_its_output_and_nothing_else(template: Template) -> None:
    statements = statements_of(template)

    assert set(statements) == {"ReadData", "WriteOutput", "ListBucket", "UseKey"}
    assert listed(statements["ReadData"]["Action"]) == ["s3:GetObject"]
    assert resources(statements["ReadData"]) == [f"{BUCKET_ARN}/data/support/*"]
    assert listed(statements["WriteOutput"]["Action"]) == ["s3:GetObject", "s3:PutObject"]
    assert resources(statements["WriteOutput"]) == [f"{BUCKET_ARN}/output/support/*"]


def test_it_lists_the_bucket_without_a_condition_on_the_prefix(template: Template) -> None:
    statement = statements_of(template)["ListBucket"]

    assert listed(statement["Action"]) == ["s3:ListBucket"]
    assert resources(statement) == [BUCKET_ARN]
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111122223333"}}


def test_a_bucket_of_that_name_in_another_account_gets_nothing(template: Template) -> None:
    for sid in ("ReadData", "WriteOutput", "ListBucket"):
        assert statements_of(template)[sid]["Condition"]["StringEquals"] == {"aws:ResourceAccount": "111122223333"}


def test_the_key_is_used_through_s3_only(template: Template) -> None:
    statement = statements_of(template)["UseKey"]

    assert listed(statement["Action"]) == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Resource"] == KEY_ARN
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}


def test_without_a_customer_managed_key_there_is_no_permission_for_one() -> None:
    assert "UseKey" not in statements_of(a_template(customer_key=False))
