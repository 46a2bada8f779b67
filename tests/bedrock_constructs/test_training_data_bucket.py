"""TrainingDataBucket: retained unless two settings agree; encrypted, versioned, private, logged, with upload events."""

from typing import Any, Literal

import pytest
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template

from bedrock_constructs.training_data_bucket import TrainingDataBucket
from tests.bedrock_constructs.customization.customization_stack import KEY_ARN, empty_stack


def a_template(
    removal: Literal["retain", "destroy"] = "retain", *, allow_data_deletion: bool = False, customer_key: bool = False
) -> Template:
    stack = empty_stack()
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN) if customer_key else None
    TrainingDataBucket(stack, "Data", removal=removal, allow_data_deletion=allow_data_deletion, kms_key=key)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return a_template()


def buckets(template: Template) -> dict[str, Any]:
    """`data` and `logs` -> the complete resource."""
    found = template.find_resources("AWS::S3::Bucket")
    return {"data" if "LoggingConfiguration" in item["Properties"] else "logs": item for item in found.values()}


@pytest.mark.parametrize(("removal", "allowed"), [("retain", False), ("retain", True), ("destroy", False)])
def test_one_setting_alone_destroys_nothing(removal: Literal["retain", "destroy"], allowed: bool) -> None:
    template = a_template(removal, allow_data_deletion=allowed)

    assert {item["DeletionPolicy"] for item in buckets(template).values()} == {"RetainExceptOnCreate"}
    template.resource_count_is("Custom::S3AutoDeleteObjects", 0)


def test_two_settings_that_agree_destroy_data_and_logs() -> None:
    template = a_template("destroy", allow_data_deletion=True)

    assert {item["DeletionPolicy"] for item in buckets(template).values()} == {"Delete"}
    template.resource_count_is("Custom::S3AutoDeleteObjects", 2)


def test_both_buckets_refuse_plain_http_old_tls_and_the_public(template: Template) -> None:
    closed = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
    template.all_resources_properties("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": closed})
    for condition in ({"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}):
        deny = {"Effect": "Deny", "Action": "s3:*", "Principal": {"AWS": "*"}, "Condition": condition}
        statements = Match.array_with([Match.object_like(deny)])
        template.resource_properties_count_is("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": statements}}, 2)


def test_objects_belong_to_the_account(template: Template) -> None:
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    template.all_resources_properties("AWS::S3::Bucket", {"OwnershipControls": rules})


def test_old_versions_are_kept_90_days_and_incomplete_uploads_7(template: Template) -> None:
    properties = buckets(template)["data"]["Properties"]
    (rule,) = properties["LifecycleConfiguration"]["Rules"]

    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "ExpirationInDays" not in rule


def test_uploads_send_events_without_an_extra_function(template: Template) -> None:
    configuration = buckets(template)["data"]["Properties"]["NotificationConfiguration"]

    assert configuration == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    template.resource_count_is("AWS::Lambda::Function", 0)


def test_access_is_logged_in_a_separate_bucket(template: Template) -> None:
    destination = buckets(template)["data"]["Properties"]["LoggingConfiguration"]["DestinationBucketName"]
    expiring = buckets(template)["logs"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert "AccessLogs" in destination["Ref"]
    assert expiring[0]["ExpirationInDays"] == 365


@pytest.mark.parametrize(("customer_key", "algorithm"), [(False, "AES256"), (True, "aws:kms")])
def test_a_customer_managed_key_encrypts_the_data(customer_key: bool, algorithm: str) -> None:
    found = buckets(a_template(customer_key=customer_key))
    rule, logs = (
        found[name]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        for name in ("data", "logs")
    )

    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == algorithm
    assert rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID") == (KEY_ARN if customer_key else None)
    assert bool(rule.get("BucketKeyEnabled")) is customer_key
    assert (
        logs["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    )  # log delivery cannot use a customer managed key
