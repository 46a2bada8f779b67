"""pydantic-ai-slim, Anthropic's messages."""

from __future__ import annotations

from typing import Any

import anthropic
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from tests.clients.adapters.pydantic_ai_client import PydanticAi
from tests.clients.run_client import Access


def _model(access: Access, alias: str) -> Any:
    client = anthropic.AsyncAnthropic(base_url=access.url, api_key=access.key, max_retries=0)
    return AnthropicModel(alias, provider=AnthropicProvider(anthropic_client=client))


CLIENT = PydanticAi(
    _model,
    settings={"anthropic_thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000},
    not_available={"embeddings": "Anthropic has none"},
)
