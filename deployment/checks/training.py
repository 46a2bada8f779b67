"""Faults of [training.customizations.*]: base model, method, hyperparameters, data files, alias, serving, names."""

import datetime
from collections.abc import Iterator

from deployment.checks.dataset_sources import dataset_source_faults
from deployment.checks.distillation import distillation_faults
from deployment.checks.further_training import further_training_faults
from deployment.checks.models import KEEP_LEGACY
from deployment.checks.reinforcement import reinforcement_faults
from deployment.config import DeploymentConfig
from deployment.sections.training import Customization, CustomModel
from kit_contract.run_names import RUN_ID_LENGTH, bedrock_name
from model_catalog import catalog, lifecycle
from training_data.conversion.record_formats import RECORD_FORMATS

# A custom model is named <deployment>-<customization>-<run id>; CreateModelCustomizationJob takes 63 characters.
MAX_MODEL_OWNER = 63 - 1 - RUN_ID_LENGTH
METHOD_FAULTS = (distillation_faults, reinforcement_faults, further_training_faults)


def training_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, item in config.customizations.items():
        where = f"training.customizations.{name}"
        yield from _base_model_faults(where, item, config, today)
        yield from _hyperparameter_faults(where, item)
        for method_faults in METHOD_FAULTS:
            yield from method_faults(where, item, config)
        yield from model_name_faults(where, bedrock_name(config.deployment.name, name))
        if not item.dataset and not (item.distillation and item.distillation.invocation_logs):
            yield f"{where}.dataset is missing; add it"
        yield from dataset_source_faults(where, item)
        yield from alias_faults(f"{where}.alias", item.alias, config)
        if (owner := owners.setdefault(item.alias, name)) != name:
            yield f"{where}.alias: {item.alias!r} already belongs to customization {owner!r}; use another alias"
        yield from serving_faults(where, name, item, config)


def _base_model_faults(
    where: str, item: Customization, config: DeploymentConfig, today: datetime.date
) -> Iterator[str]:
    region = config.deployment.region
    try:
        customization = catalog.customizable(item.base_model, region, item.method)
        lifecycle.require_alive(item.base_model, today, region)
        if not config.deployment.allow_unlisted:
            lifecycle.require_trainable(item.base_model, region)
    except lifecycle.LegacyError as error:
        yield f"{where}.base_model: {error}; {KEEP_LEGACY}"
    except catalog.CatalogError as error:
        yield f"{where}.base_model: {error}"
    else:
        if customization.record_format not in RECORD_FORMATS:
            yield (
                f"{where}.base_model: {item.base_model} is trained on {customization.record_format} records, which the "
                f"kit does not prepare; allowed formats: {', '.join(RECORD_FORMATS)}; choose another base model"
            )


def _hyperparameter_faults(where: str, item: Customization) -> Iterator[str]:
    try:
        catalog.check_hyperparameters(item.base_model, item.hyperparameters, item.method)
    except catalog.UnlistedError:
        return  # reported with the base model
    except catalog.CatalogError as error:
        yield from (f"{where}.hyperparameters: {line}" for line in str(error).splitlines())


def serving_faults(where: str, name: str, item: CustomModel, config: DeploymentConfig) -> Iterator[str]:
    try:
        model = catalog.find(item.base_model)
    except catalog.CatalogError:
        return  # reported with the base model
    if item.serving == "on-demand" and not model.serving.on_demand:
        yield f"{where}.serving: {model.name} has no on-demand custom model deployments; use 'provisioned'"
    if item.serving == "provisioned" and not model.serving.provisioned:
        yield f"{where}.serving: {model.name} cannot be served on provisioned throughput; use 'on-demand'"
    throughputs = config.provisioned_throughput.values()
    if item.serving == "provisioned" and not any(one.customization == name for one in throughputs):
        yield (
            f"{where}.serving: 'provisioned' needs a [provisioned_throughput.*] section with customization = "
            f"{name!r}; add it, or use 'on-demand'"
        )


def model_name_faults(where: str, owner: str) -> Iterator[str]:
    if len(owner) > MAX_MODEL_OWNER:
        yield (
            f"{where}: deployment name and customization name must have at most {MAX_MODEL_OWNER - 1} characters "
            f"together, got {len(owner) - 1} ({owner}); shorten one of them: the custom model's name contains both"
        )


def alias_faults(where: str, alias: str, config: DeploymentConfig) -> Iterator[str]:
    if config.inference_api and alias not in config.aliases:
        yield (
            f"{where}: {alias!r} is not an alias of the API; "
            f"allowed: {', '.join(sorted(config.aliases))}; or add [inference_api.aliases.{alias}]"
        )
