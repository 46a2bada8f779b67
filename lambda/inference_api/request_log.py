"""The JSON log line of a request. CloudWatch extracts metrics from it.

The line contains names of this deployment only, never what the caller wrote.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from inference_api.http_messages import Answer, Facts, Request
from inference_api.request_cost import estimated_usd
from kit_contract.inference_api import Prices
from kit_contract.inference_api_names import ANSWERS, FALLBACKS, METRIC_NAMESPACE, THROTTLES

THROTTLED = "ThrottlingException"


def log_line(
    request: Request,
    answer: Answer,
    facts: Facts,
    *,
    kit_deployment: str,
    request_id: str,
    now: float,
    milliseconds: int,
    first_token_milliseconds: int | None = None,
    prices: Prices | None = None,
) -> str:
    """`now`: seconds since 1970. `prices`: of the alias."""
    line = {
        "event": "request",
        "request_id": request_id,
        "method": request.method if request.method in ("GET", "POST") else "other",
        "route": facts.route,
        "status": answer.status,
        "milliseconds": milliseconds,
        "first_token_milliseconds": first_token_milliseconds,
        "body_bytes": len(request.body),
        "alias": facts.alias,
        "served_by": facts.served_by,
        "attempts": [attempt.facts for attempt in facts.attempts],
        "usage": facts.usage,
        "estimated_usd": estimated_usd(facts, prices),
        "deltas": facts.deltas,
        "searches": facts.searches,
        "guardrail": facts.guardrail,
        "guardrail_intervened": facts.intervened,
        "error": facts.error,
    }
    return json.dumps(line | _metrics(facts, kit_deployment, now))


def _metrics(facts: Facts, kit_deployment: str, now: float) -> dict[str, Any]:
    """Counts the answers of each kind of target, how many of them came after a fallback or were changed by a guardrail,
    and the searches that the model made for them; for all kinds together, the calls that Bedrock throttled.

    The alias is not a dimension: each combination of dimension values is a metric with a monthly price.
    """
    served = _answer_metrics(facts) if facts.served_by else {}
    throttles = sum(THROTTLED in (attempt.error or "").split() for attempt in facts.attempts)  # or with its causes
    directives = []
    if served:
        directives.append(_directive(["Deployment", "Kind"], served))
    if throttles:
        directives.append(_directive(["Deployment"], [THROTTLES]))
    if not directives:
        return {}
    return {
        "_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": directives},
        "Deployment": kit_deployment,
        **({"Kind": facts.served_by["kind"]} if facts.served_by else {}),
        **served,
        **({THROTTLES: throttles} if throttles else {}),
    }


def _answer_metrics(facts: Facts) -> dict[str, int]:
    values = {ANSWERS: 1, FALLBACKS: int(facts.attempts[0].target != facts.attempts[-1].target)}
    if facts.guardrail:
        values["GuardrailInterventions"] = int(facts.intervened)
    if facts.searches:
        values["FileSearches"] = facts.searches
    return values


def _directive(dimensions: list[str], names: Iterable[str]) -> dict[str, Any]:
    metrics = [{"Name": name, "Unit": "Count"} for name in names]
    return {"Namespace": METRIC_NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics}
