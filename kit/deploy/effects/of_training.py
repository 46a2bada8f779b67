"""Runs of training that the next deploy starts, and what each costs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.training import training_groups
from deployment.datasets import CustomizationDataset
from deployment.parent_runs import run_id_of
from kit.deploy.effects.effect import Effect, Kind
from kit_contract.run_names import custom_model_name, is_job_of

Clients = Callable[[str], Any]
UNKNOWN = "its data in S3 decides at the deploy whether it is trained"


def effects_of_training(
    config: DeploymentConfig,
    datasets: Mapping[str, CustomizationDataset],
    clients: Clients,
    *,
    again: frozenset[str] = frozenset(),
    retry: bool = False,
) -> Iterator[Effect]:
    """`again`: customizations whose deleted models are trained again; `retry`: those whose job failed, too.

    Raises botocore's errors. Without that, a model that was deleted or a job that failed is not paid for again.
    """
    costs = _costs(config, datasets)
    for name in config.customizations:
        subject = f"training.customizations.{name}"
        if _of_s3(name, config, datasets):
            yield Effect(Kind.RETRAIN, subject, UNKNOWN, usd=None)
            continue
        run = run_id_of(name, config.customizations, datasets)
        if _has_model(config, name, run, clients):
            continue
        job = _job(config, name, run, clients)
        if not job:
            yield Effect(Kind.RETRAIN, subject, f"run {run} is new: a job is paid for", usd=costs.get(name))
        elif name in again or (retry and job != "Completed"):
            what = f"run {run} is trained again, as you asked: its last job is {job}"
            yield Effect(Kind.RETRAIN, subject, what, usd=costs.get(name), optional=True)


def _of_s3(name: str, config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> bool:
    """Its own data or that of a parent."""
    item = config.customizations[name]
    parent = item.base_customization
    return bool(datasets[name].collection) or bool(parent and _of_s3(parent, config, datasets))


def _has_model(config: DeploymentConfig, name: str, run: str, clients: Clients) -> bool:
    model = custom_model_name(config.deployment.name, name, run)
    pages = clients("bedrock").get_paginator("list_custom_models").paginate(isOwned=True, nameContains=run)
    return any(item["modelName"].startswith(model) for page in pages for item in page["modelSummaries"])


def _job(config: DeploymentConfig, name: str, run: str, clients: Clients) -> str:
    """The status of the last job of the run, or nothing."""
    pages = clients("bedrock").get_paginator("list_model_customization_jobs")
    found = [
        item
        for page in pages.paginate(nameContains=run, sortBy="CreationTime", sortOrder="Descending")
        for item in page["modelCustomizationJobSummaries"]
    ]
    own = [item["status"] for item in found if is_job_of(item["jobName"], config.deployment.name, name)]
    return str(own[0]) if own else ""


def _costs(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> dict[str, float | None]:
    return {
        group.name.removeprefix("training."): next((line.usd for line in group.lines if line.part == "training"), None)
        for group in training_groups(config, datasets)
    }
