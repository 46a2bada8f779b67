"""Aurora clusters of this kit's knowledge bases: capacity by the ACU-hour, and storage by the month.

Only those with the kit's tag: an account's other databases have nothing to do with Bedrock.
"""

from collections.abc import Iterator
from typing import Any

from billed_resources.cost import HOURS_PER_DAY
from billed_resources.resource import BilledResource, Kind
from kit_contract.tags import DEPLOYMENT_TAG
from model_catalog.prices import price


def vector_clusters(rds: Any, region: str) -> Iterator[BilledResource]:
    """`rds`: boto3's client. The price is that of an idle day without the storage, whose size RDS does not tell."""
    for page in rds.get_paginator("describe_db_clusters").paginate():
        for item in page["DBClusters"]:
            tags = {tag["Key"]: tag["Value"] for tag in item.get("TagList", [])}
            scaling = item.get("ServerlessV2ScalingConfiguration")
            if DEPLOYMENT_TAG not in tags or not scaling:
                continue
            least, most = float(scaling["MinCapacity"]), float(scaling["MaxCapacity"])
            name, arn, status = item["DBClusterIdentifier"], item["DBClusterArn"], item["Status"]
            what = f"{least:g} to {most:g} ACU, and storage by the month"
            yield BilledResource(Kind.VECTOR_CLUSTER, name, arn, status, what, _usd_per_day(least, region), tags)


def _usd_per_day(capacity: float, region: str) -> float | None:
    hour = price("acu_hour", service="aurora-postgresql", region=region)
    return hour.of(capacity * HOURS_PER_DAY) if hour else None
