"""Faults that every kind of external model can have: its name, alias, base model and serving."""

import datetime
from collections.abc import Iterator

from deployment.checks.copied_models import copied_model_faults
from deployment.checks.imported_models import imported_model_faults
from deployment.checks.models import KEEP_LEGACY
from deployment.checks.sagemaker_models import sagemaker_model_faults
from deployment.checks.training import alias_faults, model_name_faults, serving_faults
from deployment.config import DeploymentConfig
from deployment.sections.copied_model import CopiedModel
from deployment.sections.training import External
from kit_contract.model_arns import base_of_custom_model
from kit_contract.run_names import bedrock_name
from model_catalog import catalog, lifecycle

# Custom model deployments: user guide, deploy-custom-model-on-demand, read in November 2026.
ON_DEMAND_REGIONS = ("us-east-1", "us-west-2")
KIND_FAULTS = (copied_model_faults, sagemaker_model_faults, imported_model_faults)


def external_model_faults(config: DeploymentConfig, today: datetime.date, account: str | None) -> Iterator[str]:
    """`account` is that of the deployment, or None if the credentials at deploy decide it."""
    yield from _name_faults(config)
    owners = {item.alias: name for name, item in config.customizations.items()}
    for name, item in config.external_models.items():
        where = config.section_of(name)
        yield from model_name_faults(where, bedrock_name(config.deployment.name, name))
        yield from alias_faults(f"{where}.alias", item.alias, config)
        if (owner := owners.setdefault(item.alias, name)) != name:
            yield f"{where}.alias: {item.alias!r} already belongs to {config.section_of(owner)}; use another alias"
        for kind_faults in KIND_FAULTS:
            yield from kind_faults(where, item, config, account)
        yield from _base_model_faults(where, item, config, today)
        yield from serving_faults(where, name, item, config)
        yield from _region_faults(where, item, config)


def _name_faults(config: DeploymentConfig) -> Iterator[str]:
    """One name is one model: parameters, objects and Bedrock's names are made of it."""
    if config.training is None:
        return
    first: dict[str, str] = {}
    tables = {"customizations": config.training.customizations, **config.training.external_tables}
    for kind, table in tables.items():
        for name in table:
            if (other := first.setdefault(name, kind)) != kind:
                yield f"training.{kind}.{name}: there is a [training.{other}.{name}], too; rename one of them"


def _base_model_faults(where: str, item: External, config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    """Bedrock serves no custom model of a base that has reached its end of life."""
    if not item.base_model:
        return  # reported by the kind
    is_in_arn = isinstance(item, CopiedModel) and base_of_custom_model(item.source_model_arn) == item.base_model
    given = f"{where}.source_model_arn: the base model in it" if is_in_arn else f"{where}.base_model"
    try:
        model = catalog.find(item.base_model)
        lifecycle.require_alive(item.base_model, today, config.deployment.region)
    except lifecycle.LegacyError as error:
        yield f"{given}: {error}; {KEEP_LEGACY}"
    except catalog.CatalogError as error:
        yield f"{given}: {error}"
    else:
        if item.base_model != model.customization_id:
            allowed = model.customization_id or "another model: this one cannot be customized"
            yield f"{given}: must be the customization id {allowed}, got {item.base_model}; change it"


def _region_faults(where: str, item: External, config: DeploymentConfig) -> Iterator[str]:
    """A model that was made elsewhere may be one that the Region cannot serve."""
    region = config.deployment.region
    try:
        model = catalog.find(item.base_model)
    except catalog.CatalogError:
        return  # reported above
    if config.deployment.allow_unlisted:
        return
    if item.serving == "on-demand" and model.serving.on_demand and region not in ON_DEMAND_REGIONS:
        yield (
            f"{where}.serving: custom model deployments exist in {', '.join(ON_DEMAND_REGIONS)}, got region {region}; "
            "change the region, use 'provisioned' where the model is offered so, or set deployment.allow_unlisted"
        )
    offered = sorted({place for places in model.provisioned.values() for place in places}) if model.provisioned else []
    if item.serving == "provisioned" and model.serving.provisioned and offered and region not in offered:
        yield (
            f"{where}.serving: {model.name} has provisioned throughput in {', '.join(offered)}, got region {region}; "
            "change the region, or set deployment.allow_unlisted"
        )
