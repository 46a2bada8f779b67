"""The estimate over all sections: idle, committed, training runs, requests, provisioned throughput."""

from collections.abc import Iterator, Mapping

from deployment.config import DeploymentConfig
from deployment.costs.agents import agent_groups
from deployment.costs.evaluation import evaluation_groups
from deployment.costs.external_models import external_model_groups
from deployment.costs.imported_models import unit_storage_line
from deployment.costs.inference_api import Traffic, inference_api_groups
from deployment.costs.knowledge_base import document_bytes, knowledge_base_groups, storage_lines
from deployment.costs.lines import CostGroup, CostLine, line, total
from deployment.costs.monitoring import customer_key_line, monitoring_groups
from deployment.costs.operations import operations_lines
from deployment.costs.pipeline import pipeline_groups
from deployment.costs.provisioned_throughput import (
    committed_line,
    committed_months,
    monthly_line,
    provisioned_throughput_groups,
)
from deployment.costs.training import GIGABYTE, model_storage_line, training_groups
from deployment.datasets import CustomizationDataset
from model_catalog.prices import price


def estimate(
    config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset], traffic: Traffic
) -> list[CostGroup]:
    """Every group of costs. Their periods differ, so each group has a total, and there is no grand total."""
    return [
        idle(config),
        *training_groups(config, datasets),
        *external_model_groups(config),
        *evaluation_groups(config, datasets),
        *inference_api_groups(config, traffic),
        *knowledge_base_groups(config, traffic),
        *agent_groups(config, traffic),
        *provisioned_throughput_groups(config),
        *monitoring_groups(config),
        *pipeline_groups(config),
    ]


def idle(config: DeploymentConfig) -> CostGroup:
    """A month without any call, after every customization has been trained."""
    return CostGroup("idle", "Idle, a month", tuple(_idle_lines(config)))


def committed(config: DeploymentConfig) -> CostGroup:
    """What commitments cost in total: they cannot be ended early."""
    items = config.provisioned_throughput.items()
    lines = tuple(committed_line(name, config, item) for name, item in items if committed_months(item))
    return CostGroup("committed", "Committed, for the whole term", lines)


def summary(config: DeploymentConfig) -> str:
    """The line that synth and deploy print."""
    return (
        f"cost: idle {total([idle(config)])} USD a month, committed {total([committed(config)])} USD; "
        "kit cost shows the details"
    )


def _secret_lines(config: DeploymentConfig) -> Iterator[CostLine]:
    if not config.inference_api:
        return
    region = config.deployment.region
    secrets = {"API key": "1 secret"}
    if any(agent.confirmed_tools for agent in config.agents.values()):
        secrets["approvals"] = "1 secret: signs calls of tools"
    for part, what in secrets.items():
        found = price("secret_month", service="secrets-manager", region=region)
        yield line(part, what, 1, found, missing=f"a secret in {region}")


def _idle_lines(config: DeploymentConfig) -> Iterator[CostLine]:
    region = config.deployment.region
    yield from _secret_lines(config)
    for name, item in config.custom_models.items():
        keep = item.promotion.keep_models if item.promotion else None
        what = f"after its first run; each later run adds one{f', up to {keep} that were promoted' if keep else ''}"
        if name in config.imported_models:
            yield unit_storage_line(f"imported model {name}", None, region)
        else:
            yield model_storage_line(f"custom model {name}", what, item.base_model, region)
    yield from customer_key_line(config)
    ingestion = 0 if config.operations else len(config.built_knowledge_bases)  # else among those of [operations]
    if alarms := ingestion + bool(config.provisioned_throughput):
        alarm = price("alarm_month", service="cloudwatch", region=region)
        what = f"{alarms}, for failed ingestion or capacity"
        yield line("alarms", what, alarms, alarm, missing=f"an alarm in {region}")
    yield from operations_lines(config)
    yield from storage_lines(config)
    size = _stored_bytes(config)
    if size:
        storage = price("storage", service="s3", region=region)
        what = f"{size:,} bytes of documents and training data in S3"
        yield line("data", what, size / GIGABYTE, storage, missing=f"S3 storage in {region}")
    for name, throughput in config.provisioned_throughput.items():
        yield monthly_line(name, config, throughput)


def _stored_bytes(config: DeploymentConfig) -> int:
    customizations = config.customizations.values()
    size = sum(file.stat().st_size for item in customizations for file in item.dataset_files)
    return size + sum(document_bytes(section) for section in config.all_knowledge_bases.values())
