"""Metrics that CloudWatch extracts from log lines, and what GetMetricData refuses. ministack has neither.

Metrics appear a while after their line, as on AWS: a look at once sees nothing.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any, NamedTuple

from ministack.services import cloudwatch, cloudwatch_logs

from local_aws.extension.bedrock.clock import scale

APPEAR_AFTER = 1.0
MOST_METRICS, MOST_DIMENSIONS, MOST_VALUES = 100, 30, 100
# Older or later values are not accepted.
OLDEST, LATEST = 14 * 24 * 3600, 2 * 3600
MOST_QUERIES = 500
IDENTIFIER = re.compile(r"[a-z][a-zA-Z0-9_]*")


class Datum(NamedTuple):
    """One metric of a line, with the values of one of its dimension sets. `at`: seconds since 1970."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str
    values: list[float]
    at: float


def install() -> None:
    """Look at every log event that is stored, and at every GetMetricData."""
    append, get_metric_data = cloudwatch_logs._append_log_events, cloudwatch._get_metric_data

    def append_and_extract(stream: dict[str, Any], events: list[dict[str, Any]]) -> None:
        append(stream, events)
        found = [datum for event in events for datum in extracted(event["message"], time.time())]
        if found:
            timer = threading.Timer(APPEAR_AFTER * scale(), copy_context().run, args=(_store, found))
            timer.daemon = True
            timer.start()

    def checked(params: dict[str, Any], data: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
        if (is_cbor or is_json) and (fault := query_fault(data)):
            return cloudwatch._error("ValidationError", fault, 400, use_json=is_json, use_cbor=is_cbor)
        return get_metric_data(params, data, is_cbor, is_json)

    cloudwatch_logs._append_log_events = append_and_extract
    cloudwatch._get_metric_data = checked


def extracted(message: str, now: float) -> list[Datum]:
    """The metrics of a log line; none if the line, or what it says of a metric, does not follow the specification."""
    if '"CloudWatchMetrics"' not in message:
        return []
    try:
        root = json.loads(message)
        at = root["_aws"]["Timestamp"] / 1000
        directives = root["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return []
    if not now - OLDEST <= at <= now + LATEST or not isinstance(directives, list):
        return []
    return [datum for directive in directives for datum in _of_directive(directive, root, at)]


def _of_directive(directive: Any, root: dict[str, Any], at: float) -> Iterator[Datum]:
    namespace, metrics = directive.get("Namespace"), directive.get("Metrics")
    if not isinstance(namespace, str) or not isinstance(metrics, list) or len(metrics) > MOST_METRICS:
        return
    for keys in directive.get("Dimensions") or [[]]:
        dimensions: dict[str, Any] = {key: root.get(key) for key in keys}
        if len(keys) > MOST_DIMENSIONS or not all(isinstance(value, str) and value for value in dimensions.values()):
            continue
        for metric in metrics:
            values = root.get(metric.get("Name"))
            values = values if isinstance(values, list) else [values]
            if len(values) <= MOST_VALUES and all(_is_number(value) for value in values):
                yield Datum(namespace, metric["Name"], dimensions, metric.get("Unit", "None"), values, at)


def query_fault(data: dict[str, Any]) -> str:
    """Why GetMetricData refuses the request; empty if it does not."""
    queries = data.get("MetricDataQueries", [])
    start, end = cloudwatch._parse_ts(data.get("StartTime")), cloudwatch._parse_ts(data.get("EndTime"))
    identifiers = [query.get("Id", "") for query in queries]
    if start is None or end is None or start >= end:
        return "The parameter StartTime must be less than the parameter EndTime."
    if not queries or len(queries) > MOST_QUERIES:
        return f"The collection MetricDataQueries must have between 1 and {MOST_QUERIES} members."
    if len(set(identifiers)) < len(identifiers) or not all(IDENTIFIER.fullmatch(item) for item in identifiers):
        return "The values for parameter id in MetricDataQueries must be unique and start with a lowercase letter."
    periods = [query["MetricStat"].get("Period", 0) for query in queries if "MetricStat" in query]
    if any(period % 60 and period not in (1, 5, 10, 20, 30) for period in periods):
        return "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
    return ""


def _store(found: list[Datum]) -> None:
    for item in found:
        counts = [1.0] * len(item.values)
        given = (item.unit, None, item.values, counts, None)
        cloudwatch._store_datum(item.namespace, item.name, item.dimensions, item.at, *given)
    cloudwatch._evaluate_all_alarms()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
