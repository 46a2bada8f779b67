"""Model invocation logging: types of data, and whose a configuration is, by where it writes.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_LoggingConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DATA_TYPES = ("text", "image", "embedding", "video", "audio")
S3_DESTINATION, CLOUDWATCH_DESTINATION = "s3", "cloudwatch-logs"
LOGS_PREFIX = "invocations"  # of a record: <prefix>/AWSLogs/<account>/BedrockModelInvocationLogs/...
LARGE_DATA_PREFIX = "large-data"
LOG_STREAM = "aws/bedrock/modelinvocations"
METRIC_NAMESPACE = "AWS/Bedrock"
DELIVERIES = (
    "ModelInvocationLogsCloudWatchDelivery",
    "ModelInvocationLogsS3Delivery",
    "ModelInvocationLargeDataS3Delivery",
)


def delivery_flag(kind: str) -> str:
    return f"{kind}DataDeliveryEnabled"


def destinations(config: Mapping[str, Any]) -> list[str]:
    """Where `config` (LoggingConfig) writes records, sorted: "s3:BUCKET/PREFIX" and "logs:GROUP"."""
    found = []
    if log_group := config.get("cloudWatchConfig"):
        found.append(f"logs:{log_group['logGroupName']}")
    if bucket := config.get("s3Config"):
        found.append(f"s3:{bucket['bucketName']}/{bucket.get('keyPrefix') or ''}")
    return sorted(found)


def in_words(config: Mapping[str, Any]) -> str:
    words = {"s3": "the bucket", "logs": "the log group"}
    parts = (item.partition(":") for item in destinations(config))
    return " and ".join(f"{words[kind]} {name.rstrip('/')}" for kind, _, name in parts)


def differs(present: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether `present` is another configuration; a type of data that it does not tell is no difference."""
    flags = [delivery_flag(kind) for kind in DATA_TYPES]
    return destinations(present) != destinations(wanted) or any(
        flag in present and present[flag] != wanted.get(flag) for flag in flags
    )
