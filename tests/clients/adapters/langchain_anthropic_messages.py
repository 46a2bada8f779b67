"""langchain-anthropic."""

from __future__ import annotations

from typing import Any

from langchain_anthropic import ChatAnthropic

from tests.clients.adapters.langchain import LangChain
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    given: dict[str, Any] = {"model": alias, "base_url": access.url, "api_key": access.key, "max_tokens": 2000}
    return ChatAnthropic(max_retries=0, **given, **options)


CLIENT = LangChain(
    _model,
    status_of=lambda error: int(error.status_code),
    reasoning_options={"thinking": {"type": "enabled", "budget_tokens": 1024}},
    not_available={"embeddings": "Anthropic has none"},
)
