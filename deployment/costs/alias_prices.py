"""Prices of an alias's tokens, for the log of its requests."""

from deployment.config import DeploymentConfig
from kit_contract.inference_api import Prices
from model_catalog.prices import price

# Name of tokens in Bedrock's usage -> kind of their price.
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
KINDS = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_tokens",
    "cacheWriteInputTokens": "cache_write_tokens",
}
EMBEDDING_KINDS = {"inputTokens": "embedding_tokens"}


def alias_prices(config: DeploymentConfig, alias: str) -> Prices | None:
    """Of its foundation model, and of a custom model on demand.

    None if no price is known: requests are logged without their cost, never with a guess.
    """
    model, region = config.priced_model(config.aliases[alias].model), config.deployment.region
    base = _prices(KINDS, model, region) or _prices(EMBEDDING_KINDS, model, region)
    customized = {item.base_model for item in config.custom_models.values() if item.alias == alias and item.base_model}
    custom = {name: f"custom_{kind}" for name, kind in KINDS.items()}
    prices = Prices(base, _prices(custom, customized.pop(), region) if len(customized) == 1 else {})
    return prices if any(prices) else None


def _prices(kinds: dict[str, str], model: str, region: str) -> dict[str, float]:
    """US dollars of one token."""
    found = {name: price(kind, model=model, region=region) for name, kind in kinds.items()}
    return {name: float(f"{one.of(1):.6g}") for name, one in found.items() if one}
