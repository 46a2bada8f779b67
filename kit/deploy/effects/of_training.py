"""Runs of training that the next deploy starts, and what each costs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.training import training_groups
from deployment.datasets import CustomizationDataset
from deployment.parent_runs import run_id_of
from kit.deploy.effects.effect import Effect, Kind
from kit_contract.tags import DEPLOYMENT_TAG

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
    runs: set[str] = set()
    for name in config.customizations:
        subject = f"training.customizations.{name}"
        if _of_s3(name, config, datasets):
            yield Effect(Kind.RETRAIN, subject, UNKNOWN, usd=None)
            continue
        run = run_id_of(name, config.customizations, datasets)
        if run in runs or _has_model(config, run, clients):  # customizations of one content pay for one job
            continue
        runs.add(run)
        job = _job(config, run, clients)
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


def _has_model(config: DeploymentConfig, run: str, clients: Clients) -> bool:
    """Under the name of any customization: a renamed one takes its model along."""
    bedrock = clients("bedrock")
    pages = bedrock.get_paginator("list_custom_models").paginate(isOwned=True, nameContains=run)
    found = [item for page in pages for item in page["modelSummaries"] if item["modelName"].endswith(f"-{run}")]
    return any(_deployment_of(item["modelArn"], bedrock) == config.deployment.name for item in found)


def _job(config: DeploymentConfig, run: str, clients: Clients) -> str:
    """The status of the last job of the run, or nothing."""
    bedrock = clients("bedrock")
    pages = bedrock.get_paginator("list_model_customization_jobs")
    found = (
        item
        for page in pages.paginate(nameContains=run, sortBy="CreationTime", sortOrder="Descending")
        for item in page["modelCustomizationJobSummaries"]
    )
    ours = (item["status"] for item in found if _deployment_of(item["jobArn"], bedrock) == config.deployment.name)
    return str(next(ours, ""))


def _deployment_of(arn: str, bedrock: Any) -> str | None:
    tags = bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
    return next((tag["value"] for tag in tags if tag["key"] == DEPLOYMENT_TAG), None)


def _costs(config: DeploymentConfig, datasets: Mapping[str, CustomizationDataset]) -> dict[str, float | None]:
    return {
        group.name.removeprefix("training."): next((line.usd for line in group.lines if line.part == "training"), None)
        for group in training_groups(config, datasets)
    }
