"""LiteLLM, its provider openai."""

from tests.clients.adapters.litellm_client import LiteLlm
from tests.clients.capabilities import EMBEDDER

CLIENT = LiteLlm(
    lambda access, alias: {"model": f"openai/{alias}", "api_base": f"{access.url}/v1", "api_key": access.key},
    embedder=lambda access: {
        "model": f"openai/{EMBEDDER}",
        "api_base": f"{access.url}/v1",
        "api_key": access.key,
    },
)
