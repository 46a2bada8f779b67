"""What one checked promotion costs: the metrics of its variants while they are measured, and reading them.

A metric costs its price in full only if it is sent in every hour of the month: https://aws.amazon.com/cloudwatch/pricing/
"""

import math
from collections.abc import Iterator

from deployment.costs.lines import CostLine, line
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.sections.promotion import Promotion
from kit_contract.canaries import METRICS
from model_catalog.prices import price

LONGEST_LOOKS = 63  # at a canary or a watch
READS = {"canary": 10, "watch": 5}  # statistics at each look


def promotion_lines(section: Promotion | None, region: str) -> Iterator[CostLine]:
    """Nothing if nothing is measured: the candidate itself costs what its requests cost anyway."""
    if section is None:
        return
    canary = section.canary_minutes if section.canary_percent else 0
    hours = {"canary": _hours(canary), "watch": _hours(section.watch_minutes)}
    metric_hours = len(METRICS) * (2 * hours["canary"] + hours["watch"])
    if metric_hours:
        metric = price("metric_month", service="cloudwatch", region=region)
        what = f"{metric_hours} hours of a metric: {len(METRICS)} for each variant of canary and watch"
        quantity = metric_hours / HOURS_PER_MONTH
        yield line("promotion metrics", what, quantity, metric, missing=f"a metric in {region}")
        reads = sum(LONGEST_LOOKS * READS[name] for name, item in hours.items() if item)
        read = price("metric_read", service="cloudwatch", region=region)
        yield line("promotion reads", f"at most {reads} statistics", reads, read, missing=f"GetMetricData in {region}")


def _hours(minutes: int) -> int:
    return math.ceil(minutes / 60) + 1 if minutes else 0  # it rarely begins at a full hour
