"""The JSON log line of a request. CloudWatch extracts metrics from it.

The line contains names of this deployment only, never what the caller wrote.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from inference_api.http_messages import Answer, Facts, Request
from kit_contract.inference_api import PROVISIONED_THROUGHPUT, Prices
from kit_contract.inference_api_names import ANSWERS, FALLBACKS, METRIC_NAMESPACE, THROTTLES
from kit_contract.model_arns import CUSTOM_MODEL_DEPLOYMENT, FOUNDATION_MODEL, INFERENCE_PROFILE

THROTTLED = "ThrottlingException"
TOKENS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")  # of Bedrock's usage


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
        "prompt": facts.prompt,
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


def estimated_usd(facts: Facts, prices: Prices | None) -> float | None:
    """US dollars, or None if the tokens or one of their prices are unknown. Without tools, guardrails and searches.

    The prices are those of the day of the deploy. Provisioned throughput is billed by the hour: its requests cost
    nothing more.
    """
    kind = facts.served_by["kind"] if facts.served_by else None
    if kind == PROVISIONED_THROUGHPUT:
        return 0.0
    if prices is None or not facts.usage:
        return None
    if kind == CUSTOM_MODEL_DEPLOYMENT:
        price = prices.custom
    elif kind in (FOUNDATION_MODEL, INFERENCE_PROFILE):
        price = prices.base
    else:
        return None
    total = 0.0
    for name in TOKENS:
        if tokens := facts.usage.get(name):
            if name not in price:
                return None
            total += tokens * price[name]
    return round(total, 9)
