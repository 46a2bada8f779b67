"""Aurora clusters of knowledge bases are listed with what an idle day costs; other databases are not."""

import pytest

from billed_resources.vector_clusters import vector_clusters
from tests.billed_resources.fake_aws import FakeAws

TAGS = [{"Key": "bedrock-kit:deployment", "Value": "sup"}]


@pytest.mark.parametrize(("least", "usd"), [(0.0, 0.0), (0.5, 0.5 * 24 * 0.12)])
def test_a_cluster_of_the_kit_is_listed(least: float, usd: float) -> None:
    aws = FakeAws()
    serverless = {"MinCapacity": least, "MaxCapacity": 4.0}
    cluster = {"DBClusterIdentifier": "vectors", "DBClusterArn": "arn:aws:rds:us-east-1:1:cluster:vectors"}
    ours = {**cluster, "Status": "available", "ServerlessV2ScalingConfiguration": serverless, "TagList": TAGS}
    aws.clusters = [ours, {**ours, "DBClusterIdentifier": "shop", "TagList": []}]

    (found,) = vector_clusters(aws.client("rds"), "us-east-1")

    assert (found.name, found.hourly) == ("vectors", True)
    assert found.usd_per_day == pytest.approx(usd)
    assert found.what == f"{least:g} to 4 ACU, and storage by the month"
