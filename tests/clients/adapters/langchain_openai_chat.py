"""langchain-openai, chat completions."""

from __future__ import annotations

from typing import Any

from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from tests.clients.adapters.langchain import LangChain
from tests.clients.capabilities import EMBEDDER
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    given: dict[str, Any] = {"model": alias, "base_url": f"{access.url}/v1", "api_key": access.key, **options}
    return ChatOpenAI(max_retries=0, **given)


def _embedder(access: Access) -> Any:
    given: dict[str, Any] = {"model": EMBEDDER, "base_url": f"{access.url}/v1", "api_key": access.key}
    return OpenAIEmbeddings(check_embedding_ctx_length=False, max_retries=0, **given)


CLIENT = LangChain(
    _model,
    embedder=_embedder,
    status_of=lambda error: int(error.status_code),
    not_available={"reasoning": "ChatOpenAI leaves out `reasoning_content`"},
)
