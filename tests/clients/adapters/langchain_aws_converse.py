"""langchain-aws, ChatBedrockConverse."""

from __future__ import annotations

from typing import Any

from langchain_aws import BedrockEmbeddings, ChatBedrockConverse

from tests.clients.adapters.bedrock_client import REGION, bedrock_client
from tests.clients.adapters.langchain import LangChain
from tests.clients.capabilities import EMBEDDER
from tests.clients.run_client import Access


def _model(access: Access, alias: str, **options: Any) -> Any:
    """It does not know what an alias can do, so it does not stream by default."""
    given: dict[str, Any] = {"disable_streaming": False, "region_name": REGION, **options}
    return ChatBedrockConverse(model=alias, client=bedrock_client(access), **given)


def _embedder(access: Access) -> Any:
    return BedrockEmbeddings(model_id=EMBEDDER, provider="amazon", client=bedrock_client(access), region_name=REGION)


CLIENT = LangChain(
    _model,
    embedder=_embedder,
    status_of=lambda error: int(error.response["ResponseMetadata"]["HTTPStatusCode"]),
    reasoning_options={"output_config": {"effort": "low"}},
)
