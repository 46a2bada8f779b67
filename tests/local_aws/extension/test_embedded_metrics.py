"""Metrics out of log lines: what the specification asks for, and that they appear with a delay."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Call, Client
from tests.local_aws.functions import create_function

NOW = 1_800_000_000.0
CODE = """
import json, time

def handle(event, context):
    directive = {"Namespace": "Kit/Test", "Dimensions": [["Alias"]], "Metrics": [{"Name": "Errors", "Unit": "Count"}]}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    for value in event["values"]:
        print(json.dumps({"_aws": aws, "Alias": "bot", "Errors": value}))
"""


def line(**changes: Any) -> str:
    directive = {
        "Namespace": "Kit",
        "Dimensions": [["Alias", "Variant"]],
        "Metrics": [{"Name": "Errors", "Unit": "Count"}, {"Name": "Latency"}],
        **changes.pop("directive", {}),
    }
    aws = {"Timestamp": NOW * 1000, "CloudWatchMetrics": [directive], **changes.pop("aws", {})}
    return json.dumps({"_aws": aws, "Alias": "bot", "Variant": "canary", "Errors": 1, "Latency": [5, 7.5], **changes})


def extracted(call: Call, message: str) -> list[Any]:
    found: list[Any] = call("embedded_metrics", "extracted", message, NOW)
    return found


def test_each_metric_of_a_line_has_its_dimensions_and_values(call: Call) -> None:
    dimensions = {"Alias": "bot", "Variant": "canary"}

    assert extracted(call, line()) == [
        ["Kit", "Errors", dimensions, "Count", [1], NOW],
        ["Kit", "Latency", dimensions, "None", [5, 7.5], NOW],
    ]


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("no JSON", 0),
        ('{"CloudWatchMetrics"', 0),
        (line(aws={"CloudWatchMetrics": "x"}), 0),
        (line(aws={"Timestamp": "now"}), 0),
        (line(aws={"Timestamp": (NOW - 15 * 86_400) * 1000}), 0),
        (line(aws={"Timestamp": (NOW + 3 * 3600) * 1000}), 0),
        (line(directive={"Namespace": None}), 0),
        (line(Variant=1), 0),  # the value of a dimension is a text
        (line(directive={"Dimensions": [["Absent"]]}), 0),
        (line(directive={"Dimensions": [["Alias"], ["Alias", "Variant"]]}), 4),
        (line(directive={"Dimensions": [[]]}), 2),
        (line(Errors="1"), 1),
        (line(Errors=True), 1),
        (line(Latency=list(range(101))), 1),
        (line(directive={"Metrics": [{"Name": "Errors"}] * 101}), 0),
    ],
)
def test_what_does_not_follow_the_specification_is_no_metric(call: Call, message: str, count: int) -> None:
    assert len(extracted(call, message)) == count


def test_a_functions_lines_become_metrics_after_a_while(client: Client) -> None:
    create_function(client, "measured", "python3.13", "index.py", CODE)
    client("lambda").invoke(FunctionName="measured", Payload=json.dumps({"values": [0, 1, 0]}).encode())

    assert asked(client) == (0.0, 0.0)
    deadline = time.monotonic() + 10
    while asked(client)[0] < 3 and time.monotonic() < deadline:
        time.sleep(0.05)

    assert asked(client) == (3.0, 1.0)


def asked(client: Client, **changes: Any) -> tuple[float, float]:
    """Sample count and sum of the test's metric."""
    metric = {"Namespace": "Kit/Test", "MetricName": "Errors", "Dimensions": [{"Name": "Alias", "Value": "bot"}]}
    queries = [
        {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        for name, stat in (("count", "SampleCount"), ("sum", "Sum"))
    ]
    now = datetime.now(UTC)
    request: Any = {
        "MetricDataQueries": queries,
        "StartTime": now - timedelta(minutes=5),
        "EndTime": now + timedelta(minutes=1),
        **changes,
    }
    results = client("cloudwatch").get_metric_data(**request)["MetricDataResults"]
    count, total = (sum(result["Values"]) for result in results)
    return count, total


@pytest.mark.parametrize(
    "changes", [{"EndTime": datetime(2020, 1, 1, tzinfo=UTC)}, {"MetricDataQueries": []}], ids=["times", "no queries"]
)
def test_a_request_that_aws_refuses_is_refused(client: Client, changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        asked(client, **changes)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"Id": "Count"}, "must be unique and start with a lowercase letter"),
        ({"Id": "a", "MetricStat": {"Period": 90}}, "Period must be 1, 5, 10, 20, 30 or a multiple of 60"),
        ({"Id": "a", "MetricStat": {"Period": 300}}, ""),
    ],
)
def test_queries_are_checked(call: Call, query: dict[str, Any], told: str) -> None:
    request = {"MetricDataQueries": [query], "StartTime": NOW - 60, "EndTime": NOW}

    fault = call("embedded_metrics", "query_fault", request)

    assert told in fault if told else fault == ""
