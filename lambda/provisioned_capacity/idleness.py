"""Whether nobody has called a throughput for some hours: the metric Invocations that Bedrock sends for each ModelId.

https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html#runtime-cloudwatch-metrics
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.capacity_ledger import BOUGHT, Ledger

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

HOUR_SECONDS = 3600


def is_idle(
    cloudwatch: "CloudWatchClient", ledger: Ledger, throughput_arn: str, hours: int | None, now: datetime
) -> bool:
    """False where it has not been there for `hours` yet, and where no hours are set."""
    if hours is None or ledger.state != BOUGHT:
        return False
    begin = now - timedelta(hours=hours)
    if datetime.fromisoformat(ledger.since) > begin:
        return False
    answer = cloudwatch.get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName="Invocations",
        Dimensions=[{"Name": "ModelId", "Value": throughput_arn}],
        StartTime=begin,
        EndTime=now,
        Period=HOUR_SECONDS,
        Statistics=["Sum"],
    )
    return not any(point.get("Sum", 0) > 0 for point in answer["Datapoints"])
