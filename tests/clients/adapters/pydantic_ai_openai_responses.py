"""pydantic-ai-slim, responses."""

from __future__ import annotations

from typing import Any

import openai
from pydantic_ai.models.openai import OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.clients.adapters.pydantic_ai_client import PydanticAi
from tests.clients.run_client import Access


def _model(access: Access, alias: str) -> Any:
    client = openai.AsyncOpenAI(base_url=f"{access.url}/v1", api_key=access.key, max_retries=0)
    return OpenAIResponsesModel(alias, provider=OpenAIProvider(openai_client=client))


CLIENT = PydanticAi(
    _model,
    settings={"openai_reasoning_effort": "low", "openai_reasoning_summary": "auto"},
    not_available={"embeddings": "see the row of chat completions"},
)
