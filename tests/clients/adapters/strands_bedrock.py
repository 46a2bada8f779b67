"""strands-agents, BedrockModel."""

from __future__ import annotations

from typing import Any

from strands.models.bedrock import BedrockModel

from tests.clients.adapters.bedrock_client import CONFIG, REGION, with_key
from tests.clients.adapters.strands_client import Strands
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    given: dict[str, Any] = {"boto_client_config": CONFIG, "region_name": REGION, "model_id": alias, **options}
    model = BedrockModel(endpoint_url=access.url, **given)
    with_key(model.client, access)
    return model


def _status(error: Any) -> int:
    cause = error if hasattr(error, "response") else error.__cause__
    return int(cause.response["ResponseMetadata"]["HTTPStatusCode"])


CLIENT = Strands(
    _model,
    status_of=_status,
    reasoning_options={"additional_request_fields": {"reasoningConfig": {"type": "enabled"}}},
)
