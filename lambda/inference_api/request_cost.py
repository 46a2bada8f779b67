"""What the model's tokens of a request cost, estimated with the prices of the day of the deploy."""

from __future__ import annotations

from inference_api.http_messages import Facts
from kit_contract.inference_api import PROVISIONED_THROUGHPUT, Prices
from kit_contract.model_arns import CUSTOM_MODEL_DEPLOYMENT, FOUNDATION_MODEL, INFERENCE_PROFILE

TOKENS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")  # of Bedrock's usage


def estimated_usd(facts: Facts, prices: Prices | None) -> float | None:
    """US dollars, or None if the tokens or one of their prices are unknown. Without tools, guardrails and searches.

    Provisioned throughput is billed by the hour: its requests cost nothing more.
    """
    kind = facts.served_by["kind"] if facts.served_by else None
    if kind == PROVISIONED_THROUGHPUT:
        return 0.0
    if prices is None or not facts.usage:
        return None
    if kind == CUSTOM_MODEL_DEPLOYMENT:
        price = prices.custom
    elif kind in (FOUNDATION_MODEL, INFERENCE_PROFILE):
        price = prices.base
    else:
        return None
    total = 0.0
    for name in TOKENS:
        if tokens := facts.usage.get(name):
            if name not in price:
                return None
            total += tokens * price[name]
    return round(total, 9)
