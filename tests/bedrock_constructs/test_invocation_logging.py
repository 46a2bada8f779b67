"""Rights of Bedrock on bucket and log group, and what the resource may do to the account's configuration."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.invocation_logging import InvocationLogging
from tests.iam.simulator import as_list


def made(**settings: Any) -> Template:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    InvocationLogging(stack, "Logging", kit_deployment="shop", **settings)
    return Template.from_stack(stack)


def only(template: Template, kind: str) -> dict[str, Any]:
    (found,) = template.find_resources(kind).values()
    return dict(found)


@pytest.mark.parametrize(
    ("settings", "buckets", "groups"),
    [
        ({}, 2, 0),
        ({"destinations": ["cloudwatch-logs"]}, 2, 1),
        ({"destinations": ["cloudwatch-logs"], "large_data": False}, 0, 1),
    ],
)
def test_there_is_what_the_destinations_need(settings: dict[str, Any], buckets: int, groups: int) -> None:
    template = made(**settings)

    template.resource_count_is("AWS::S3::Bucket", buckets)
    template.resource_count_is("AWS::Logs::LogGroup", groups + 1)  # one is the provider's own
    properties = only(template, "Custom::BedrockInvocationLogging")["Properties"]
    assert ("Bucket" in properties, "LogGroup" in properties) == (buckets > 0, groups > 0)
    assert properties["LogToBucket"] is ("destinations" not in settings)


def test_only_this_accounts_bedrock_writes_and_only_below_the_two_prefixes() -> None:
    policies = made().find_resources("AWS::S3::BucketPolicy").values()
    statements = [one for item in policies for one in item["Properties"]["PolicyDocument"]["Statement"]]
    (write,) = [one for one in statements if one.get("Sid") == "AmazonBedrockLogsWrite"]

    assert write["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, SOURCE]]}},
    }
    ends = [resource["Fn::Join"][1][-1] for resource in write["Resource"]]
    assert ends == [f"/{prefix}/AWSLogs/111122223333/BedrockModelInvocationLogs/*" for prefix in PREFIXES]


SOURCE = ":bedrock:us-east-1:111122223333:*"
PREFIXES = ("invocations", "large-data")


@pytest.mark.parametrize("take_over", [True, False])
def test_somebody_elses_role_can_be_passed_only_with_take_over(take_over: bool) -> None:
    text = json.dumps(made(take_over=take_over).find_resources("AWS::IAM::Policy"))

    assert ("iam::111122223333:role/*" in text) is take_over
    assert text.count("iam:PassedToService") == take_over


@pytest.mark.parametrize("destination", ["s3", "cloudwatch-logs"])
def test_what_is_known_to_be_replaced_is_all_that_can_be_passed(destination: str) -> None:
    role = "arn:aws:iam::111122223333:role/service-role/Logs"
    for replaced in ([], [role]):
        template = made(take_over=True, replaced_role_arns=replaced, destinations=[destination])
        statements = [
            one
            for policy in template.find_resources("AWS::IAM::Policy").values()
            for one in policy["Properties"]["PolicyDocument"]["Statement"]
            if one["Action"] == "iam:PassRole"
        ]
        passed = [arn for one in statements for arn in as_list(one["Resource"])]
        assert [arn for arn in passed if isinstance(arn, str)] == replaced
        assert len(passed) == len(replaced) + (destination == "cloudwatch-logs")


@pytest.mark.parametrize(
    ("allowed", "removal", "kept"), [(True, "retain", 1), (False, "destroy", 1), (True, "destroy", 0)]
)
def test_logs_are_kept_unless_both_settings_agree(allowed: bool, removal: Any, kept: int) -> None:
    template = made(destinations=["s3", "cloudwatch-logs"], removal=removal, allow_data_deletion=allowed)

    policies = {item["DeletionPolicy"] for item in template.find_resources("AWS::S3::Bucket").values()}
    assert policies == {"RetainExceptOnCreate" if kept else "Delete"}
    template.resource_count_is("Custom::S3AutoDeleteObjects", 0 if kept else 2)
    groups = [
        item["DeletionPolicy"]
        for key, item in template.find_resources("AWS::Logs::LogGroup").items()
        if "LoggingL" in key
    ]
    assert groups == ["RetainExceptOnCreate" if kept else "Delete"]


def test_both_destinations_forget_after_the_same_time() -> None:
    template = made(destinations=["s3", "cloudwatch-logs"], retention_days=7)
    rules = [
        rule
        for item in template.find_resources("AWS::S3::Bucket").values()
        for rule in item["Properties"]["LifecycleConfiguration"]["Rules"]
    ]

    assert 7 in [rule["ExpirationInDays"] for rule in rules]
    assert 7 in [
        item["Properties"]["RetentionInDays"] for item in template.find_resources("AWS::Logs::LogGroup").values()
    ]


def test_without_a_destination_it_says_which_there_are() -> None:
    with pytest.raises(ValueError, match="'s3' or 'cloudwatch-logs'"):
        made(destinations=[])
