"""Holds a deployment against the model catalog and itself, before anything is synthesized: every fault at once."""

import datetime
from collections.abc import Iterator

from deployment.checks.budget import budget_faults
from deployment.checks.models import model_faults
from deployment.checks.provisioned_throughput import capacity_faults
from deployment.checks.provisioned_throughput_cost import consent_faults
from deployment.config import ConfigError, DeploymentConfig

# A custom model is named <deployment>-<customization>-<16 digits>; CreateModelCustomizationJob takes 63 characters.
MAX_MODEL_OWNER = 63 - 1 - 16


def check_deployment(
    config: DeploymentConfig,
    file: str = "deployment.toml",
    *,
    today: datetime.date | None = None,
    consent: bool = True,
) -> None:
    """Raise ConfigError naming everything in `config` that Bedrock would refuse or that contradicts itself.

    `today` decides which models have ended; by default it is today. `consent`: whether prices must have been accepted.
    """
    faults = [
        *model_faults(config, today or datetime.datetime.now(datetime.UTC).date()),
        *budget_faults(config),
        *_customization_faults(config),
        *_provisioned_throughput_faults(config),
        *(consent_faults(config) if consent else ()),
        *capacity_faults(config),
        *_knowledge_base_faults(config),
        *_alias_faults(config),
    ]
    if faults:
        raise ConfigError([f"{file}: {fault}" for fault in faults])


def _customization_faults(config: DeploymentConfig) -> Iterator[str]:
    aliases = config.inference_api.aliases if config.inference_api else {}
    served: dict[str, str] = {}
    for name, item in (config.training.customizations if config.training else {}).items():
        where = f"training.customizations.{name}"
        if len(owner := f"{config.deployment.name}-{name}") > MAX_MODEL_OWNER:
            yield (
                f"{where}: deployment name and customization name must have {MAX_MODEL_OWNER - 1} characters together "
                f"at most, got {len(owner) - 1} ({owner}); shorten one of them: the custom model's name has both"
            )
        for key, files in (("dataset", item.dataset), ("validation_dataset", item.validation_dataset)):
            yield from (f"{where}.{key}: {file} does not exist" for file in files if not file.is_file())
        if config.inference_api and item.alias not in aliases:
            yield (
                f"{where}.alias: {item.alias!r} is not an alias of the API; "
                f"allowed: {', '.join(sorted(aliases))}; or add [inference_api.aliases.{item.alias}]"
            )
        if item.alias in served:
            yield f"{where}.alias: {item.alias!r} already belongs to customization {served[item.alias]!r}; pick another"
        served[item.alias] = name
        yield from _serving_faults(config, name)


def _serving_faults(config: DeploymentConfig, name: str) -> Iterator[str]:
    assert config.training
    item = config.training.customizations[name]
    where = f"training.customizations.{name}.serving"
    bought = any(pt.customization == name for pt in config.provisioned_throughput.values())
    if item.serving == "provisioned" and not bought:
        yield (
            f"{where}: 'provisioned' needs a [provisioned_throughput.*] section with customization = "
            f"{name!r}; add it, or use 'on-demand'"
        )


def _provisioned_throughput_faults(config: DeploymentConfig) -> Iterator[str]:
    customizations = config.training.customizations if config.training else {}
    aliases = config.inference_api.aliases if config.inference_api else {}
    for name, item in config.provisioned_throughput.items():
        where = f"provisioned_throughput.{name}"
        if (item.model is None) == (item.customization is None):
            yield f"{where}: give either model or customization, got {'both' if item.model else 'neither'}"
        if item.customization is not None and item.customization not in customizations:
            yield (
                f"{where}.customization: {item.customization!r} is not a customization; "
                f"allowed: {', '.join(sorted(customizations)) or 'none: add [training]'}"
            )
        if item.alias is not None and item.alias not in aliases:
            yield f"{where}.alias: {item.alias!r} is not an alias of the API; allowed: {', '.join(sorted(aliases))}"


def _knowledge_base_faults(config: DeploymentConfig) -> Iterator[str]:
    item = config.knowledge_base
    if item is None:
        return
    if not item.documents.is_dir():
        yield f"knowledge_base.documents: {item.documents} is not a folder; name the folder that holds the documents"


def _alias_faults(config: DeploymentConfig) -> Iterator[str]:
    for alias, target in (config.inference_api.aliases if config.inference_api else {}).items():
        if not _places(config, alias) & set(target.order):
            yield (
                f"inference_api.aliases.{alias}.order: nothing can ever serve it: {', '.join(target.order)} wanted, "
                f"this deployment has {', '.join(sorted(_places(config, alias)))} for this alias; add one to the order"
            )


def _places(config: DeploymentConfig, alias: str) -> set[str]:
    """Where this deployment can ever put a target for `alias`."""
    customizations = config.training.customizations if config.training else {}
    found = {"base"} | {item.serving for item in customizations.values() if item.alias == alias}
    throughputs = config.provisioned_throughput.values()
    return found | {"provisioned" for item in throughputs if item.alias == alias}
