"""S3 keeps the condition on a bucket's owner, for reads, writes and the source of a copy."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws import emulator

OURS, THEIRS = "000000000000", "444455556666"


def test_another_owner_than_expected_is_denied(aws: emulator.EmbeddedAws) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    s3.create_bucket(Bucket="owned")
    s3.put_object(Bucket="owned", Key="a", Body=b"a", ExpectedBucketOwner=OURS)
    copy: dict[str, Any] = {"Bucket": "owned", "Key": "b", "CopySource": "owned/a"}

    assert s3.list_objects_v2(Bucket="owned", ExpectedBucketOwner=OURS)["KeyCount"] == 1
    s3.copy_object(**copy, ExpectedSourceBucketOwner=OURS)
    denied: list[tuple[str, dict[str, Any]]] = [
        ("get_object", {"Bucket": "owned", "Key": "a", "ExpectedBucketOwner": THEIRS}),
        ("list_objects_v2", {"Bucket": "owned", "ExpectedBucketOwner": THEIRS}),
        ("put_object", {"Bucket": "owned", "Key": "a", "Body": b"b", "ExpectedBucketOwner": THEIRS}),
        ("copy_object", {**copy, "ExpectedSourceBucketOwner": THEIRS}),
    ]
    for operation, given in denied:
        with pytest.raises(ClientError, match=r"\(AccessDenied\)"):
            getattr(s3, operation)(**given)
