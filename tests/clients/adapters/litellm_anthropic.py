"""LiteLLM, its provider anthropic."""

from tests.clients.adapters.litellm_client import LiteLlm

CLIENT = LiteLlm(
    lambda access, alias: {
        "model": f"anthropic/{alias}",
        "api_base": access.url,
        "api_key": access.key,
        "max_tokens": 5000,
    },
    reasoning={"thinking": {"type": "enabled", "budget_tokens": 1024}},
    not_available={"embeddings": "Anthropic has none"},
)
