"""The JSON log line of a request. CloudWatch extracts metrics from it.

The line contains names of this deployment only, never what the caller wrote.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from typing import Any

from inference_api.http_messages import Answer, Facts, Request
from kit_contract.inference_api_names import METRIC_NAMESPACE


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
        "deltas": facts.deltas,
        "searches": facts.searches,
        "prompt": facts.prompt,
        "guardrail": facts.guardrail,
        "guardrail_intervened": facts.intervened,
        "error": facts.error,
    }
    return json.dumps(line | _metrics(facts, kit_deployment, now))


def _metrics(facts: Facts, kit_deployment: str, now: float) -> dict[str, Any]:
    """Counts the answers of each kind of target, how many of them came after a fallback or were changed by a guardrail,
    and the searches that the model made for them.

    The alias is not a dimension: each combination of dimension values is a metric with a monthly price.
    """
    if not facts.served_by:
        return {}
    values = {"Answers": 1, "Fallbacks": int(facts.attempts[0].target != facts.attempts[-1].target)}
    if facts.guardrail:
        values["GuardrailInterventions"] = int(facts.intervened)
    if facts.searches:
        values["FileSearches"] = facts.searches
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": METRIC_NAMESPACE, "Dimensions": [["Deployment", "Kind"]], "Metrics": metrics}
    return {
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]},
        "Deployment": kit_deployment,
        "Kind": facts.served_by["kind"],
        **values,
    }
