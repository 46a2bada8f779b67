"""Settings of an answer that OpenAI's dialects share -> what Converse has for them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_OutputConfig.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from inference_api import fields
from inference_api.fields import invalid

EFFORTS = ("low", "medium", "high", "xhigh", "max")
TIERS = {"auto": None, "default": None, "flex": "flex", "priority": "priority"}
MAX_TOKENS = 1_000_000


def refuse_changes(body: Mapping[str, Any], only: Mapping[str, Sequence[Any]], *, where: str = "") -> None:
    """Raises ApiError 400 for a field with another value than the ones in `only`, which change nothing."""
    for name, accepted in only.items():
        value = body.get(name)
        if value is not None and not any(_same(value, item) for item in accepted):
            message = f"{where}{name} must be {json.dumps(accepted[0])}; leave it out"
            raise invalid(where + name, message, code="unsupported_value")


def _same(value: Any, item: Any) -> bool:
    """Python takes true for 1 and false for 0."""
    return bool(value == item) and isinstance(value, bool) == isinstance(item, bool)


def inference_config(body: Mapping[str, Any], *, limits: Sequence[str]) -> dict[str, Any]:
    """`limits`: the names of the field for the longest answer; the first one given counts."""
    found = [fields.integer(body, name, low=1, high=MAX_TOKENS) for name in limits]
    settings = {
        "maxTokens": next((limit for limit in found if limit is not None), None),
        "temperature": fields.number(body, "temperature", low=0, high=1),  # OpenAI allows up to 2, Bedrock up to 1
        "topP": fields.number(body, "top_p", low=0, high=1),
    }
    if settings["topP"] == 1 and settings["temperature"] is not None:
        settings["topP"] = None  # it changes nothing, and some models take only one of the two
    return {name: value for name, value in settings.items() if value is not None}


def service_tier(body: Mapping[str, Any]) -> dict[str, str] | None:
    tier = body.get("service_tier")
    if tier is None:
        return None
    if not isinstance(tier, str) or tier not in TIERS:
        raise invalid("service_tier", f"service_tier must be one of {', '.join(TIERS)}", code="unsupported_value")
    return {"type": kind} if (kind := TIERS[tier]) else None


def effort(body: Mapping[str, Any], name: str, *, where: str = "") -> dict[str, Any]:
    """The parts of a request of Converse for it, none if it is not given."""
    value = body.get(name)
    if value is None:
        return {}
    if value not in EFFORTS:
        message = f"{where}{name} must be one of {', '.join(EFFORTS)}; Bedrock has no other: leave it out"
        raise invalid(where + name, message, code="unsupported_value")
    # Converse counts no reasoning tokens of its own. It passes over a path that the model's response does not have.
    return {"outputConfig": {"effort": value}, "additionalModelResponseFieldPaths": ["/usage"]}
