"""One JSON line a request: what was asked, who answered, what was tried; CloudWatch makes metrics of it.

Names only what this deployment configures, never what the caller wrote.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from typing import Any

from inference_api.http_messages import Answer, Facts, Request

NAMESPACE = "BedrockKit/InferenceApi"


def log_line(
    request: Request,
    answer: Answer,
    facts: Facts,
    *,
    kit_deployment: str,
    request_id: str,
    now: float,
    milliseconds: int,
) -> str:
    """`now`: seconds since 1970."""
    line = {
        "event": "request",
        "request_id": request_id,
        "method": request.method if request.method in ("GET", "POST") else "other",
        "route": facts.route,
        "status": answer.status,
        "milliseconds": milliseconds,
        "body_bytes": len(request.body),
        "alias": facts.alias,
        "served_by": facts.served_by,
        "attempts": [attempt.facts for attempt in facts.attempts],
        "usage": facts.usage,
        "error": facts.error,
    }
    return json.dumps(line | _metrics(facts, kit_deployment, now))


def _metrics(facts: Facts, kit_deployment: str, now: float) -> dict[str, Any]:
    """How many answers each kind of target gave, and how many of them another target was asked for first.

    No alias among the dimensions: each combination of their values is a metric with a monthly price.
    """
    if not facts.served_by:
        return {}
    values = {"Answers": 1, "Spills": int(facts.attempts[0].target != facts.attempts[-1].target)}
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["Deployment", "Kind"]], "Metrics": metrics}
    return {
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]},
        "Deployment": kit_deployment,
        "Kind": facts.served_by["kind"],
        **values,
    }
