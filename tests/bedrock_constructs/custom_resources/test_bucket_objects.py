"""Properties, grants and refusals of a folder that becomes objects."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match

from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from tests.bedrock_constructs.custom_resources.custom_resource_stack import actions_of, template


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    stack = cdk.Stack(cdk.App(), "Test")
    bucket = s3.Bucket(stack, "Bucket")

    with pytest.raises(ValueError, match="source of Files must be a folder"):
        BucketObjects(
            stack, "Files", source=tmp_path / "no", destination=bucket, prefix="docs/", delete_on_removal=False
        )


def test_content_and_place_are_properties() -> None:
    expected = {"DestinationPrefix": "docs/", "ContentHash": Match.string_like_regexp("[0-9a-f]{64}")}

    template().has_resource_properties("Custom::BucketObjects", expected)


def test_no_policy_names_a_whole_service() -> None:
    assert actions_of("BucketObjects") == {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"}
