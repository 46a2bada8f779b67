"""What Converse has no field of its own for: each family of models takes it in another way, or not at all.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
https://docs.aws.amazon.com/nova/latest/userguide/using-converse-api.html (topK)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.fields import invalid

_CLAUDE = r"(?:^|[./])anthropic\.claude-"
_NOVA = r"(?:^|[./])amazon\.nova-"
_THINKING: Mapping[str, tuple[str, ...]] = {
    "enabled": ("type", "budget_tokens", "display"),
    "adaptive": ("type", "display"),
    "between_tools": ("type",),
    "disabled": ("type",),
}
_MAX = 1_000_000
# The betas that change an answer without a field of the request. All others only unlock fields or name the client.
_BETAS = re.compile(
    r"(interleaved-thinking|dev-full-thinking|context-1m|output-128k|token-efficient-tools)-\d{4}-\d\d-\d\d"
)


class ModelFields:
    """The fields of a request for one family. Raises ApiError 400."""

    def __init__(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self._top_k = fields.integer(body, "top_k", low=0, high=_MAX)
        self._thinking = _thinking(fields.optional_object(body, "thinking")) if "thinking" in body else {}
        named = [name.strip() for name in headers.get("anthropic-beta", "").split(",")]
        self._betas = [name for name in named if _BETAS.fullmatch(name)]

    def __call__(self, model_id: str) -> dict[str, Any]:
        """`additionalModelRequestFields` for the model. Raises ApiError 400 if it has not what the caller wants."""
        if re.search(_CLAUDE, model_id):
            wanted = {"top_k": self._top_k, "thinking": self._thinking, "anthropic_beta": self._betas}
            return {name: value for name, value in wanted.items() if value}
        if self._thinking.get("type") in ("enabled", "between_tools"):
            message = (
                "thinking is not supported by the model behind this alias; leave it out or set output_config.effort"
            )
            raise invalid("thinking", message, code="unsupported_value")
        if not self._top_k:
            return {}
        if re.search(_NOVA, model_id):
            return {"inferenceConfig": {"topK": self._top_k}}
        message = "top_k is not supported by the model behind this alias; leave it out or use top_p"
        raise invalid("top_k", message, code="unsupported_value")


def _thinking(value: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(value.get("type"))
    if kind not in _THINKING:
        raise invalid("thinking.type", f"thinking.type must be one of {', '.join(_THINKING)}")
    fields.refuse_others(value, _THINKING[kind], where="thinking.")
    if kind == "enabled":
        name = "thinking.budget_tokens"
        if fields.integer({name: value.get("budget_tokens")}, name, low=1024, high=_MAX) is None:
            raise invalid(name, f"{name} is missing; add it as a number from 1024", code="missing_field")
    if value.get("display") not in (None, "summarized", "omitted"):
        raise invalid("thinking.display", 'thinking.display must be "summarized" or "omitted"')
    return dict(value)
