"""What CloudWatch has measured of a variant of an alias.

The API logs one value for each request in the embedded metric format, so a metric's sample count is the number of
requests. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
"""

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kit_contract.aws_errors import code_of
from kit_contract.canaries import (
    ALIAS_DIMENSION,
    DEPLOYMENT_DIMENSION,
    ERRORS,
    LATENCY,
    REFUSALS,
    RUN_DIMENSION,
    VARIANT_DIMENSION,
)
from kit_contract.errors import RetryLaterError
from kit_contract.inference_api_names import METRIC_NAMESPACE
from kit_contract.promotion_events import Measured
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

PERIOD = 60
NOTHING: Measured = {"requests": 0, "errors": 0, "refusals": 0, "milliseconds": None}
QUERIES = {
    "requests": (ERRORS, "SampleCount"),
    "errors": (ERRORS, "Sum"),
    "refusals": (REFUSALS, "Sum"),
    "answers": (LATENCY, "SampleCount"),
    "milliseconds": (LATENCY, "Sum"),
}
# CloudWatch's model does not list its errors of throttling, so boto3 has no class for them.
THROTTLED = ("Throttling", "ThrottlingException", "RequestLimitExceeded", "InternalFailure", "InternalServiceFault")


class MeasurementBusyError(RetryLaterError):
    """When CloudWatch has no complete answer now. The workflow retries by the name of this class."""


def measured(cloudwatch: "CloudWatchClient", run: Run, variant: str, *, since: float, until: float) -> Measured:
    """Of the canary or the watch of `run`, under the alias of its settings, between two times in seconds since 1970, in
    whole minutes around them. Raises MeasurementBusyError.
    """
    values = {
        DEPLOYMENT_DIMENSION: run.kit_deployment,
        ALIAS_DIMENSION: run.specification.alias,
        VARIANT_DIMENSION: variant,
        RUN_DIMENSION: run.run_id,
    }
    dimensions = [{"Name": name, "Value": value} for name, value in values.items()]
    queries: Any = [
        {
            "Id": identifier,
            "MetricStat": {
                "Metric": {"Namespace": METRIC_NAMESPACE, "MetricName": name, "Dimensions": dimensions},
                "Period": PERIOD,
                "Stat": statistic,
            },
        }
        for identifier, (name, statistic) in QUERIES.items()
    ]
    start, end = since // PERIOD * PERIOD, (until // PERIOD + 1) * PERIOD
    sums = _sums(cloudwatch, queries, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
    answers = sums["answers"]
    return {
        "requests": round(sums["requests"]),
        "errors": round(sums["errors"]),
        "refusals": round(sums["refusals"]),
        "milliseconds": round(sums["milliseconds"] / answers, 1) if answers else None,
    }


def _sums(cloudwatch: "CloudWatchClient", queries: Any, start: datetime, end: datetime) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end
    )
    try:
        for result in (result for page in pages for result in page["MetricDataResults"]):
            if result["StatusCode"] in ("InternalError", "Forbidden"):
                raise MeasurementBusyError(f"CloudWatch answers {result['StatusCode']} for {result['Id']}")
            sums[result["Id"]] += sum(result["Values"])
    except Exception as error:
        if code_of(error) not in THROTTLED:
            raise
        raise MeasurementBusyError(f"CloudWatch answers {code_of(error)}") from error
    return sums
