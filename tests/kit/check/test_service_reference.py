"""Whether an ARN can be what an action applies to: names may hold slashes, wildcards stand for any part."""

import pytest

from kit.check.rules.service_reference import fits

STREAM = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"
GROUP = "arn:aws:logs:us-east-1:111122223333:log-group"


@pytest.mark.parametrize(
    ("arn", "known", "fitting"),
    [
        (f"{GROUP}:/aws/bedrock-agentcore/runtimes/*:log-stream:*", STREAM, True),
        (f"{GROUP}:plain:*", STREAM, True),
        (f"{GROUP}:/aws/lambda/one", STREAM, False),
        ("arn:aws:s3:::docs", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
        ("arn:aws:s3:::docs/a/b/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        (f"{GROUP}:plain", "arn:${Partition}:s3:::${BucketName}", False),
    ],
)
def test_an_arn_fits_a_format(arn: str, known: str, fitting: bool) -> None:
    assert fits(arn, known) is fitting
