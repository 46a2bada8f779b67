"""Metrics by variant: what the workflow compares while an alias has a canary, and after a promotion.

One log line for each variant that a request was sent to; CloudWatch extracts the metrics. An alias without canary or
watch has none of them: each combination of dimension values is a metric with a price.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from inference_api.fallback import Attempt
from inference_api.guardrails import INTERVENED
from inference_api.http_messages import Answer, Facts
from kit_contract.canaries import (
    ALIAS_DIMENSION,
    DEPLOYMENT_DIMENSION,
    ERRORS,
    LATENCY,
    REFUSALS,
    RUN_DIMENSION,
    VARIANT_DIMENSION,
    VARIANTS,
)
from kit_contract.inference_api_names import METRIC_NAMESPACE
from kit_contract.model_errors import NOT_REACHED

# Of Converse: the model answered with nothing that a caller can use. Texts are never read.
_REFUSALS = (INTERVENED, "content_filtered", "malformed_model_output", "malformed_tool_use")
# Statuses of errors that are not the caller's: denied, gone, timeout, failed model, throttled.
_NOT_THE_CALLERS = (403, 404, 408, 424, 429)
_CALLER_LEFT = "caller_left"


def is_refusal(stop_reason: str | None, *, said: bool) -> bool:
    """`said`: whether the answer holds anything. A stop sequence or a limit may leave it empty by right."""
    return stop_reason in _REFUSALS or (stop_reason == "end_turn" and not said)


def variant_lines(answer: Answer, facts: Facts, *, kit_deployment: str, now: float) -> list[str]:
    """`now`: seconds since 1970. A request that its caller must change says nothing about a model."""
    if 400 <= answer.status < 500 and answer.status not in _NOT_THE_CALLERS:
        return []
    lines = []
    for variant in VARIANTS:
        attempts = [attempt for attempt in facts.attempts if attempt.target.variant == variant and not _missed(attempt)]
        if attempts:
            serves = facts.attempts[-1].target.variant == variant
            values = _values(attempts, facts, serves=serves)
            lines.append(_line(values, attempts[0], facts, kit_deployment, now))
    return lines


def _missed(attempt: Attempt) -> bool:
    """Whether it reached no model, so that nothing can be said about one. Causes follow the error's code."""
    return attempt.error is not None and attempt.error.partition(" ")[0] in NOT_REACHED


def _values(attempts: Sequence[Attempt], facts: Facts, *, serves: bool) -> dict[str, int]:
    broke_off = serves and facts.error not in (None, _CALLER_LEFT)
    failed = broke_off or any(attempt.error for attempt in attempts)
    answered = [attempt.milliseconds for attempt in attempts if attempt.error is None]
    values = {ERRORS: int(failed), REFUSALS: int(serves and facts.refused)}
    return {**values, LATENCY: answered[-1]} if answered else values


def _line(values: dict[str, int], attempt: Attempt, facts: Facts, kit_deployment: str, now: float) -> str:
    dimensions: dict[str, Any] = {
        DEPLOYMENT_DIMENSION: kit_deployment,
        ALIAS_DIMENSION: facts.alias,
        VARIANT_DIMENSION: attempt.target.variant,
        RUN_DIMENSION: attempt.target.trial,
    }
    units = {name: "Milliseconds" if name == LATENCY else "Count" for name in values}
    metrics = [{"Name": name, "Unit": unit} for name, unit in units.items()]
    directive = {"Namespace": METRIC_NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
    emf = {"_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": [directive]}}
    return json.dumps({"event": "variant", **emf, **dimensions, **values})
