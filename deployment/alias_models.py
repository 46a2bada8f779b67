"""What can serve an alias, what kind of model it has, and whether all of its targets take the same body."""

from deployment.config import DeploymentConfig
from kit_contract.embedding_models import EMBEDDING_MODELS
from model_catalog import catalog


def available_targets(config: DeploymentConfig, alias: str) -> set[str]:
    """The places in which this deployment can have a model for `alias`."""
    found = {"base"} | {item.serving for item in config.custom_models.values() if item.alias == alias}
    throughputs = config.provisioned_throughput.values()
    return found | {"provisioned" for item in throughputs if item.alias == alias}


def embedding_model(config: DeploymentConfig, model: str) -> str | None:
    """The id of the embedding model that this id or ARN stands for; None for models that answer, and unknown ones."""
    base = base_model(config, model)
    return base if base in EMBEDDING_MODELS else None


def has_one_model(config: DeploymentConfig, alias: str) -> bool:
    """Whether every target of `alias` is the alias's model or was trained from it."""
    base = base_model(config, config.aliases[alias].model)
    others = {item.base_model for item in config.custom_models.values() if item.alias == alias}
    for throughput in config.provisioned_throughput.values():
        customization = config.custom_models.get(throughput.customization or "")
        if throughput.alias == alias:
            others.add(customization.base_model if customization else throughput.model or "")
    return base is not None and all(base_model(config, other) == base for other in others)


def base_model(config: DeploymentConfig, model: str) -> str | None:
    """The inference id of the foundation model behind an id, a profile or an ARN; None if unknown."""
    known = config.model_id(model)
    try:
        return catalog.find(known).inference_id if known else None
    except catalog.CatalogError:
        return None
