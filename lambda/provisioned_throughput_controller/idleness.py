"""Whether nobody has called a throughput for some hours: the metric Invocations that Bedrock sends for each ModelId.

  in service -> the kit calls it once itself -> the metric has shown a call of it -> silence means that nobody calls
                                             -> it never has                      -> nothing is known: told, kept
Under which ModelId a throughput's calls are counted is not documented. Were it another than its ARN, the metric would
be as silent for a busy one as for an idle one; the kit's own call, which costs nothing, tells them apart.
https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html
"""

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import error_code
from custom_resources.provisioned_throughput.ledger import BOUGHT, Ledger, Watch

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudwatch import CloudWatchClient

HOUR_SECONDS = 3600
# An answer has at most 1,440 points.
LONGEST = timedelta(days=59)


class Calls(Enum):
    """Of the last hours. UNKNOWN: the metric shows none, and has not shown either that it would."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


def watched(runtime: "BedrockRuntimeClient", ledger: Ledger, throughput_arn: str, now: datetime) -> Ledger:
    """The ledger with the throughput under watch; one that is not yet is called once. It must be in service."""
    if ledger.watch and ledger.watch.throughput_arn == throughput_arn:
        return ledger
    try:
        runtime.converse(
            modelId=throughput_arn,
            messages=[{"role": "user", "content": [{"text": "ping"}]}],
            inferenceConfig={"maxTokens": 1},
        )
    except Exception as error:  # it may not speak Converse, or not now: then its callers' calls have to show
        print(json.dumps({"step": "first call", "error": error_code(error) or type(error).__name__}), file=sys.stderr)
    return replace(ledger, watch=Watch(throughput_arn, now.isoformat(timespec="seconds")))


def recent_calls(cloudwatch: "CloudWatchClient", ledger: Ledger, hours: int, now: datetime) -> Calls | None:
    """None where it has not been watched for `hours` yet."""
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
    # A point stands for the hour that begins with it.
    return Calls.SOME if max(called) + timedelta(seconds=HOUR_SECONDS) > begin else Calls.NONE


def unknown_text(ledger: Ledger, hours: int) -> str:
    """Once for each throughput: it goes on being billed, and only a person can tell whether anybody needs it."""
    assert ledger.watch
    return (
        f"It is kept, though no call was counted in {hours} hours: Bedrock's metric Invocations has shown none for "
        f"ModelId {ledger.watch.throughput_arn} since {ledger.watch.since}, not even the kit's own first call, or it "
        "cannot be read. Whether anybody calls it is not known, so release_when_idle_hours does nothing until a call "
        "shows. To release it: kit capacity release."
    )
