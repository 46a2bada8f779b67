"""Faults of [inference_api.aliases.*]: the foundation model, and an order in which nothing can serve the alias."""

import datetime
from collections.abc import Iterator

from deployment.alias_models import available_targets, base_model, embedding_model
from deployment.checks.models import model_faults, require_alias_model
from deployment.config import DeploymentConfig


def inference_api_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    for name, alias in config.aliases.items():
        where = f"inference_api.aliases.{name}"
        yield from model_faults(f"{where}.model", alias.model, config, today, require_alias_model)
        yield from _kind_faults(where, name, config)
        available = available_targets(config, name)
        if not available & set(alias.order):
            yield (
                f"{where}.order: must name a target that this deployment has for the alias, "
                f"got {', '.join(alias.order)}; allowed: {', '.join(sorted(available))}; add one of these"
            )


def _kind_faults(where: str, alias: str, config: DeploymentConfig) -> Iterator[str]:
    """An alias for embeddings serves one model only: vectors of two can't be compared, and a promotion or a fallback
    would mix them in the caller's index. An alias for answers has no embedding model among its targets.
    """
    model = config.aliases[alias].model
    embedding = embedding_model(config, model)
    for name, item in config.custom_models.items():
        if item.alias == alias and embedding:
            yield (
                f"{config.section_of(name)}.alias: {alias!r} is an alias for embeddings ({embedding}), and the "
                "vectors of a trained model can't be compared with those of another; use an alias with a model that "
                f"answers, or change {where}.model"
            )
    for name, throughput in config.provisioned_throughput.items():
        if throughput.alias != alias or throughput.model is None:
            continue
        served = base_model(config, throughput.model)
        if (embedding or embedding_model(config, throughput.model)) and served != base_model(config, model):
            yield (
                f"provisioned_throughput.{name}.model: {alias!r} has the model {model}, and vectors of another model "
                f"can't be compared with its own, got {throughput.model}; use the same model or another alias"
            )
