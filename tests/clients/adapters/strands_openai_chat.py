"""strands-agents, OpenAIModel."""

from __future__ import annotations

from typing import Any

from strands.models.openai import OpenAIModel

from tests.clients.adapters.strands_client import Strands, status_of
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **params: Any) -> Any:
    given: dict[str, Any] = {"base_url": f"{access.url}/v1", "api_key": access.key, "max_retries": 0}
    return OpenAIModel(client_args=given, model_id=alias, params=params)


CLIENT = Strands(_model, status_of=status_of, reasoning_options={"reasoning_effort": "low"})
