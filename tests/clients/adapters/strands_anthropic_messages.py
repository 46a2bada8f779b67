"""strands-agents, AnthropicModel."""

from __future__ import annotations

from typing import Any

from strands.models.anthropic import AnthropicModel

from tests.clients.adapters.strands_client import Strands, status_of
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **params: Any) -> Any:
    given: dict[str, Any] = {"base_url": access.url, "api_key": access.key, "max_retries": 0}
    return AnthropicModel(client_args=given, model_id=alias, max_tokens=2000, params=params)


CLIENT = Strands(
    _model,
    status_of=status_of,
    reasoning_options={"thinking": {"type": "enabled", "budget_tokens": 1024}},
)
