"""Whether nobody has called a throughput for some hours, by Bedrock's metric Invocations for each ModelId.

  in service -> the kit calls it once itself -> the metric has shown a call       -> no further calls mean: idle
                                             -> the metric has never shown a call -> unknown: kept, with a notice
AWS does not document under which ModelId it counts a throughput's calls. If it is not the ARN, the metric is silent for
a busy throughput too. The kit's own call, which costs nothing, tells the two cases apart.
https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
"""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.provisioned_throughput.ledger import BOUGHT, Ledger, Watch
from kit_contract.counted import counted

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudwatch import CloudWatchClient

HOUR_SECONDS = 3600
# CloudWatch returns at most 1,440 points.
LONGEST = timedelta(days=59)


class Calls(Enum):
    """Calls in the last hours. UNKNOWN: the metric has never shown one, so its silence proves nothing."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


def watched(runtime: "BedrockRuntimeClient", ledger: Ledger, throughput_arn: str, now: datetime) -> Ledger:
    """The ledger with the throughput under watch; at the start the kit calls it once. It must be InService."""
    if ledger.watch and ledger.watch.throughput_arn == throughput_arn:
        return ledger
    try:
        runtime.converse(
            modelId=throughput_arn,
            messages=[{"role": "user", "content": [{"text": "ping"}]}],
            inferenceConfig={"maxTokens": 1},
        )
    except Exception as error:  # it may not support Converse: then the calls of others have to show in the metric
        print(json.dumps({"step": "first call", "error": error_code(error) or type(error).__name__}), file=sys.stderr)
    return replace(ledger, watch=Watch(throughput_arn, now.isoformat(timespec="seconds")))


def recent_calls(cloudwatch: "CloudWatchClient", ledger: Ledger, hours: int, now: datetime) -> Calls | None:
    """None until it was watched for `hours`."""
    begin = now - timedelta(hours=hours)
    if ledger.state != BOUGHT or ledger.watch is None:
        return None
    since = datetime.fromisoformat(ledger.watch.since)
    if max(since, datetime.fromisoformat(ledger.since)) > begin:
        return None
    answer = cloudwatch.get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName="Invocations",
        Dimensions=[{"Name": "ModelId", "Value": ledger.watch.throughput_arn}],
        StartTime=max(since - timedelta(hours=1), now - LONGEST),
        EndTime=now,
        Period=HOUR_SECONDS,
        Statistics=["Sum"],
    )
    called = [point["Timestamp"] for point in answer["Datapoints"] if point.get("Sum", 0) > 0]
    if not called:
        return Calls.UNKNOWN
    # A point covers the hour that starts with it.
    return Calls.SOME if max(called) + timedelta(seconds=HOUR_SECONDS) > begin else Calls.NONE


def unknown_text(ledger: Ledger, hours: int) -> str:
    """The notice: it stays billed, and only a person can tell whether anybody needs it."""
    assert ledger.watch
    return (
        f"It stays in service although no call was counted in {counted(hours, 'hour')}. Bedrock's metric Invocations "
        f"has shown none for ModelId {ledger.watch.throughput_arn} since {ledger.watch.since}, not even the kit's own "
        "first call, or cannot be read. Whether anybody calls the throughput is unknown, so release_when_idle_hours "
        "has no effect until the metric shows a call. To release it: kit capacity release."
    )
