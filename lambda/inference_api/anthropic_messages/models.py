"""GET /v1/models in the shape of Anthropic's API: https://platform.claude.com/docs/en/api/models-list."""

from __future__ import annotations

from typing import Any

from inference_api.aliases import unknown_alias
from inference_api.anthropic_messages.errors import headers_of
from inference_api.http_messages import Answer, Request, json_answer
from kit_contract.inference_api import Settings


def list_models(settings: Settings, request: Request) -> Answer:
    """All of them, whatever page the caller asks for."""
    data = [_entry(alias) for alias in sorted(settings.aliases)]
    ends = {"first_id": data[0]["id"] if data else None, "last_id": data[-1]["id"] if data else None}
    return json_answer(200, {"data": data, "has_more": False, **ends}, headers_of(request))


def get_model(settings: Settings, alias: str, request: Request) -> Answer:
    """Raises ApiError 404 for an alias that is not configured."""
    if alias not in settings.aliases:
        raise unknown_alias(settings)
    return json_answer(200, _entry(alias), headers_of(request))


def _entry(alias: str) -> dict[str, Any]:
    # Anthropic's schema requires `created_at`, which an alias does not have: "if unknown, an epoch value".
    return {"type": "model", "id": alias, "display_name": alias, "created_at": "1970-01-01T00:00:00Z"}
