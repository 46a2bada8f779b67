"""GET /v1/models: the aliases and the agents, in OpenAI's shape."""

from __future__ import annotations

from typing import Any

from inference_api.aliases import unknown_alias
from inference_api.http_messages import Answer, json_answer
from kit_contract.agents import MODEL_PREFIX
from kit_contract.inference_api import Settings


def list_models(settings: Settings) -> Answer:
    data = [_entry(name, settings) for name in sorted(_names(settings))]
    return json_answer(200, {"object": "list", "data": data})


def get_model(settings: Settings, alias: str) -> Answer:
    """Raises ApiError 404 for an alias that is not configured."""
    if alias not in _names(settings):
        raise unknown_alias(settings)
    return json_answer(200, _entry(alias, settings))


def _names(settings: Settings) -> set[str]:
    return {*settings.aliases, *(f"{MODEL_PREFIX}{name}" for name in settings.agents)}


def _entry(alias: str, settings: Settings) -> dict[str, Any]:
    # OpenAI's schema requires `created`, which an alias does not have.
    return {"id": alias, "object": "model", "created": 0, "owned_by": settings.kit_deployment}
