"""Delivers the record of each call in the background, and counts deliveries and failures in CloudWatch.

Bedrock gathers records into one object; here each is an object of its own. Where bodies above 100 KB and binary data
go, and the names of objects, are those of logs that users have shown; the guide names folders only.
https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html#br-cloudwatch-metrics
"""

import gzip
import json
import time
from typing import Any

from ministack.core.responses import get_region
from ministack.services import cloudwatch, cloudwatch_logs, s3

from kit_contract.invocation_logging import LOG_STREAM, METRIC_NAMESPACE, delivery_flag
from local_aws.extension.bedrock.clock import in_background
from local_aws.extension.bedrock.invocation_logging.configuration import (
    current,
    folder,
    may_write_events,
    may_write_object,
)
from local_aws.extension.bedrock.invocation_logging.records import INLINE_BYTES, Exchange, data_types, record
from local_aws.extension.bedrock.responses import identifier

Record = dict[str, Any]
BINARY = '"bytes":'  # of an image or a document in a request of Converse


def deliver(exchange: Exchange) -> None:
    """In the background, if logging is on and covers a type of data of the model."""
    config = current()
    if config is None:
        return
    wanted = any(config.get(delivery_flag(kind)) for kind in data_types(exchange.answering))
    if wanted:
        in_background(lambda: _deliver(config, exchange))


def _deliver(config: Record, exchange: Exchange) -> None:
    whole = record(exchange)
    if bucket := config.get("s3Config"):
        written = _with_small_bodies(whole, bucket)
        line = gzip.compress(json.dumps(written).encode() + b"\n")
        _count("S3", _put(bucket, f"{_now()}_{identifier()}.json.gz", line))
    if log_group := config.get("cloudWatchConfig"):
        written = _with_small_bodies(whole, log_group.get("largeDataDeliveryS3Config"))
        _count("CloudWatch", _put_event(log_group, written))


def _with_small_bodies(whole: Record, bucket: Record | None) -> Record:
    """A body that is large or has binary data becomes an object in `bucket`, and is lost without one."""
    found = dict(whole)
    for side in ("input", "output"):
        if side not in whole:
            continue
        body = json.dumps(whole[side][f"{side}BodyJson"])
        if len(body) <= INLINE_BYTES and BINARY not in body:
            continue
        part = {name: value for name, value in whole[side].items() if name != f"{side}BodyJson"}
        if bucket:
            name = f"data/{whole['requestId']}_{side}.json.gz"
            is_put = _put(bucket, name, gzip.compress(body.encode()))
            _count_as("ModelInvocationLargeDataS3Delivery", is_put)
            part[f"{side}BodyS3Path"] = f"s3://{bucket['bucketName']}/{_hour(bucket)}/{name}"
        found[side] = part
    return found


def _put(config: Record, name: str, content: bytes) -> bool:
    bucket, key = config["bucketName"], f"{_hour(config)}/{name}"
    if not may_write_object(bucket, key):
        return False
    status: int = s3._put_object(bucket, key, content, {})[0]
    return status == 200


def _put_event(config: Record, written: Record) -> bool:
    if not may_write_events(config):
        return False
    group = config["logGroupName"]
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": LOG_STREAM})
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps(written)}
    put = {"logGroupName": group, "logStreamName": LOG_STREAM, "logEvents": [event]}
    status: int = cloudwatch_logs._put_log_events(put)[0]
    return status == 200


def _hour(config: Record) -> str:
    return f"{folder(config)}/{get_region()}/{time.strftime('%Y/%m/%d/%H', time.gmtime())}"


def _now() -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())


def _count(destination: str, succeeded: bool) -> None:
    _count_as(f"ModelInvocationLogs{destination}Delivery", succeeded)


def _count_as(metric: str, succeeded: bool) -> None:
    cloudwatch.record_metric(METRIC_NAMESPACE, f"{metric}{'Success' if succeeded else 'Failure'}", 1, "Count")
