"""llama-index-llms-openai-like, chat completions."""

from __future__ import annotations

from typing import Any

from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike

from tests.clients.adapters.llama_index import LlamaIndex
from tests.clients.capabilities import EMBEDDER
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    given: dict[str, Any] = {"api_base": f"{access.url}/v1", "api_key": access.key, "max_retries": 0, **options}
    return OpenAILike(model=alias, is_chat_model=True, is_function_calling_model=True, **given)


def _embedder(access: Access) -> Any:
    return OpenAILikeEmbedding(model_name=EMBEDDER, api_base=f"{access.url}/v1", api_key=access.key, max_retries=0)


CLIENT = LlamaIndex(
    _model,
    embedder=_embedder,
    status_of=lambda error: int(error.status_code),
    not_available={"reasoning": "leaves out `reasoning_content`"},
)
