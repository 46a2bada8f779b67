"""pydantic-ai-slim, chat completions."""

from __future__ import annotations

from typing import Any

import openai
from pydantic_ai import Embedder
from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.clients.adapters.pydantic_ai_client import PydanticAi
from tests.clients.capabilities import EMBEDDER
from tests.clients.run_client import Access


def _provider(access: Access) -> Any:
    client = openai.AsyncOpenAI(base_url=f"{access.url}/v1", api_key=access.key, max_retries=0)
    return OpenAIProvider(openai_client=client)


CLIENT = PydanticAi(
    lambda access, alias: OpenAIChatModel(alias, provider=_provider(access)),
    embedder=lambda access: Embedder(OpenAIEmbeddingModel(EMBEDDER, provider=_provider(access))),
    settings={"openai_reasoning_effort": "low"},
)
