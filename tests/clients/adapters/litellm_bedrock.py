"""LiteLLM, its provider bedrock with Converse."""

from tests.clients.adapters.bedrock_client import REGION
from tests.clients.adapters.litellm_client import LiteLlm
from tests.clients.capabilities import EMBEDDER

CLIENT = LiteLlm(
    lambda access, alias: {
        "model": f"bedrock/converse/{alias}",
        "aws_bedrock_runtime_endpoint": access.url,
        "api_key": access.key,
        "aws_region_name": REGION,
    },
    embedder=lambda access: {
        "model": "bedrock/amazon.titan-embed-text-v2:0",  # says what the body is like
        "model_id": EMBEDDER,
        "aws_bedrock_runtime_endpoint": access.url,
        "api_key": access.key,
        "aws_region_name": REGION,
    },
)
