"""llama-index-llms-bedrock-converse."""

from __future__ import annotations

from typing import Any

from llama_index.llms.bedrock_converse import BedrockConverse

from tests.clients.adapters.bedrock_client import REGION, bedrock_client
from tests.clients.adapters.llama_index import LlamaIndex
from tests.clients.run_client import Access

KNOWN = "amazon.nova-lite-v1:0"


def _model(access: Access, alias: str, **options: Any) -> Any:
    """`model` takes the ids that LlamaIndex knows, so the alias is in the place of another ARN."""
    given: dict[str, Any] = {"region_name": REGION, "max_retries": 1, **options}
    return BedrockConverse(model=KNOWN, application_inference_profile_arn=alias, client=bedrock_client(access), **given)


TOOL = {"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}

CLIENT = LlamaIndex(
    _model,
    status_of=lambda error: int(error.response["ResponseMetadata"]["HTTPStatusCode"]),
    reasoning_options={"additional_kwargs": {"outputConfig": {"effort": "low"}}},
    invalid={"additional_kwargs": {"toolConfig": {"tools": [TOOL, TOOL]}}},
    not_available={"embeddings": "another package, which makes its own boto3 client"},
)
