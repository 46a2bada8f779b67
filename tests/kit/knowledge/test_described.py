"""Where a data source reads: of a bucket, of a managed knowledge base's connector, and of anything else."""

from typing import Any

import pytest

from kit.knowledge.described import _bucket

CONNECTION = {"bucketName": "manuals", "bucketOwnerAccountId": "111122223333"}


def connector(**parameters: Any) -> dict[str, Any]:
    return {
        "type": "MANAGED_KNOWLEDGE_BASE_CONNECTOR",
        "managedKnowledgeBaseConnectorConfiguration": {"connectorParameters": parameters},
    }


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::manuals"}}, ("manuals", [""])),
        (connector(type="S3", version="1", connectionConfiguration=CONNECTION), ("manuals", [""])),
        (
            connector(
                type="S3", connectionConfiguration=CONNECTION, filterConfiguration={"inclusionPrefixes": ["documents/"]}
            ),
            ("manuals", ["documents/"]),
        ),
        (connector(type="CONFLUENCE"), (None, [])),
        ({"type": "WEB", "webConfiguration": {}}, (None, [])),
    ],
)
def test_bucket_and_prefixes(configuration: dict[str, Any], expected: tuple[str | None, list[str]]) -> None:
    bucket, prefixes = _bucket(configuration)

    assert (bucket, list(prefixes)) == expected
