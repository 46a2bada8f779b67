"""langchain-openai, responses."""

from __future__ import annotations

from typing import Any

from langchain_openai import ChatOpenAI

from tests.clients.adapters.langchain import LangChain
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    given: dict[str, Any] = {"model": alias, "base_url": f"{access.url}/v1", "api_key": access.key, **options}
    return ChatOpenAI(max_retries=0, use_responses_api=True, **given)


CLIENT = LangChain(
    _model,
    status_of=lambda error: int(error.status_code),
    reasoning_options={"reasoning": {"effort": "low", "summary": "auto"}},
    not_available={"embeddings": "see the row of chat completions"},
)
