"""Which aliases call their foundation model through an application inference profile of their own."""

from deployment.alias_models import embedding_model
from deployment.config import DeploymentConfig
from kit_contract.model_arns import plain_id


def profiled_aliases(config: DeploymentConfig) -> list[str]:
    return [name for name in config.aliases if _wanted(config, name) and not why_not(config, name)]


def why_not(config: DeploymentConfig, alias: str) -> str:
    """Why this alias can't have one; empty if it can."""
    section = config.aliases[alias]
    if plain_id(section.model) is None:
        return "its model is an ARN of a resource, which has tags of its own"
    if "base" not in section.order:
        return "its foundation model serves nothing: base is not in its order"
    if embedding_model(config, section.model):
        return "Bedrock makes no inference profiles of embedding models"
    return ""


def _wanted(config: DeploymentConfig, alias: str) -> bool:
    assert config.inference_api
    own = config.aliases[alias].inference_profile
    return config.inference_api.inference_profiles if own is None else own
