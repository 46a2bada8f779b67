"""Holds the models of a deployment against the catalog: id, region, method, serving, end of life, hyperparameters."""

import datetime
from collections.abc import Callable, Iterator

from deployment.config import DeploymentConfig
from deployment.sections.training import Customization
from model_catalog import catalog, lifecycle
from training_data.conversion.record_formats import RECORD_FORMATS

Check = Callable[[str, str], object]
HINT = "if Bedrock offers it by now: kit models refresh, or allow_unlisted = true in [deployment]"


def model_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    """Everything about models that Bedrock would refuse, one a line."""
    for where, identifier, check in _used(config):
        try:
            check(identifier, config.deployment.region)
            lifecycle.require_alive(identifier, today)
        except catalog.UnlistedError as error:
            if not config.deployment.allow_unlisted:
                yield f"{where}: {error}; {HINT}"
        except catalog.CatalogError as error:
            yield f"{where}: {error}"
    for name, item in (config.training.customizations if config.training else {}).items():
        yield from _customization_faults(f"training.customizations.{name}", item, config, today)


def model_warnings(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    """What deploys today but ends soon, and what the catalog does not know, one a line."""
    trained = [
        (f"training.customizations.{name}.base_model", item.base_model)
        for name, item in (config.training.customizations if config.training else {}).items()
    ]
    for where, identifier in [*((where, identifier) for where, identifier, _ in _used(config)), *trained]:
        try:
            text = lifecycle.warning(identifier, today, training=(where, identifier) in trained)
        except catalog.UnknownModelError:
            text = f"{identifier} is not in the model catalog, used as allow_unlisted says; nothing of it is checked"
        if text:
            yield f"{where}: {text}"


def _used(config: DeploymentConfig) -> list[tuple[str, str, Check]]:
    """Setting, model id and how it is checked, of everything that is invoked or bought."""
    base = config.knowledge_base
    aliases = config.inference_api.aliases if config.inference_api else {}
    used: list[tuple[str, str, Check]] = []
    for name, item in config.provisioned_throughput.items():
        if item.model is not None:
            used.append((f"provisioned_throughput.{name}.model", item.model, _provisionable))
    if base:
        used.append(("knowledge_base.embedding_model", base.embedding_model, _embeds))
        used.append(("knowledge_base.model", base.model, _answers))
    used += [(f"inference_api.aliases.{name}.model", alias.model, _answers) for name, alias in aliases.items()]
    return used


def _answers(identifier: str, region: str) -> None:
    model = catalog.invocable(identifier, region)
    if model.converse is False or "text" not in model.output:
        gives = ", ".join(model.output)
        raise catalog.CatalogError(
            f"{identifier} gives {gives}, not answers through Converse; kit models --output text"
        )


def _embeds(identifier: str, region: str) -> None:
    model = catalog.invocable(identifier, region)
    if "embedding" not in model.output:
        raise catalog.CatalogError(
            f"{identifier} gives {', '.join(model.output)}, no embeddings; kit models --output embedding"
        )


def _provisionable(identifier: str, region: str) -> None:
    catalog.provisionable(identifier, region)
    lifecycle.require_trainable(identifier)


def _customization_faults(
    where: str, item: Customization, config: DeploymentConfig, today: datetime.date
) -> Iterator[str]:
    base = item.base_model
    try:
        customization = catalog.customizable(base, config.deployment.region, item.method)
        lifecycle.require_alive(base, today)
        lifecycle.require_trainable(base)
    except catalog.CatalogError as error:
        yield f"{where}.base_model: {error}"
    else:
        if customization.record_format not in RECORD_FORMATS:
            yield (
                f"{where}.base_model: {base} is trained on {customization.record_format} records, which the kit does "
                f"not prepare; allowed formats: {', '.join(RECORD_FORMATS)}; choose another base model"
            )
    try:
        catalog.check_hyperparameters(base, item.hyperparameters, item.method)
    except catalog.UnlistedError:
        return  # reported with the base model
    except catalog.CatalogError as error:
        yield from (f"{where}.hyperparameters: {line}" for line in str(error).splitlines())
    yield from _serving_faults(where, item)


def _serving_faults(where: str, item: Customization) -> Iterator[str]:
    try:
        model = catalog.find(item.base_model)
    except catalog.CatalogError:
        return  # reported with the base model
    if item.serving == "on-demand" and not model.serving.on_demand:
        yield f"{where}.serving: {model.name} has no on-demand custom model deployments; use 'provisioned'"
    if item.serving == "provisioned" and not model.serving.provisioned:
        yield f"{where}.serving: {model.name} cannot be served on provisioned throughput; use 'on-demand'"
