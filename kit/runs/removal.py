"""What deleting a run takes away, and why it may not be deleted. Reads only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.lookup import customizations, read_parameters, tag_reader
from kit.runs.recorded_run import Model, RecordedRun
from kit_contract import run_names
from kit_contract.model_arns import is_imported_model

UNDER_WAY = ("RUNNING", "PENDING_REDRIVE")
JOB_UNDER_WAY = ("InProgress", "Stopping")


@dataclass(frozen=True)
class Removal:
    """`deployments`: name and ARN of each custom model deployment of the model; `keys`: objects that the run wrote."""

    run: RecordedRun
    deployments: Sequence[tuple[str, str]]
    keys: Sequence[str]
    bytes: int
    refusals: Sequence[str]


def removal_of(deployed: Deployed, run: RecordedRun, runs: Sequence[RecordedRun]) -> Removal:
    deployments = list(_deployments(deployed, run.model)) if run.model and not is_imported_model(run.model.arn) else []
    objects = list(_objects(deployed, run))
    refusals = [*_under_way(run), *_in_use(deployed, run, runs, deployments)]
    return Removal(run, deployments, [key for key, _ in objects], sum(size for _, size in objects), refusals)


def _under_way(run: RecordedRun) -> Iterator[str]:
    if any(item.status in UNDER_WAY for item in run.attempts) or any(job.status in JOB_UNDER_WAY for job in run.jobs):
        yield f"it is {run.status} or its job is; stop it first: kit runs stop {run.run_id}"


def _in_use(
    deployed: Deployed, run: RecordedRun, runs: Sequence[RecordedRun], deployments: Sequence[tuple[str, str]]
) -> Iterator[str]:
    if run.model is None:
        return
    if not tag_reader(deployed)(run.model.arn):
        yield f"{run.model.name} does not carry this deployment's tag; delete it in Bedrock if it is yours"
    for other in runs:  # a customization and the one that it was renamed to have one model
        if other.model == run.model and (other.serves or other.promoted or other.canary):
            yield f"it {_serving(other)} for {other.customization}; promote another run first"
        elif other != run and other.run_id == run.run_id and other.status == "running":
            yield f"run {other.run_id} of {other.customization}, which has the same content, is under way; wait for it"
        elif other != run and other.customization == run.customization and other.status == "running":
            yield f"run {other.run_id} of {other.customization} is under way and may go back to this model; wait for it"
    values = read_parameters(deployed)
    targets = set(_targets(values))
    if run.model.arn in targets:  # an imported model serves by its own ARN
        yield f"{run.model.name} is the target of an alias"
    yield from (f"its deployment {name} is the target of an alias" for name, arn in deployments if arn in targets)
    yield from _throughputs(deployed, run.model)
    yield from _trained_from(deployed, run.run_id, run.model, values)


def _serving(run: RecordedRun) -> str:
    return run.model_state if run.serves else "gets a share of the requests" if run.canary else "is promoted"


def _targets(values: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """ARNs of what aliases are served by, a canary's included."""
    for value in values.values():
        for item in (value, value.get("canary")):
            if isinstance(item, dict) and isinstance(item.get("target_arn"), str):
                yield item["target_arn"]


def _throughputs(deployed: Deployed, model: Model) -> Iterator[str]:
    for page in deployed.bedrock.get_paginator("list_provisioned_model_throughputs").paginate():
        for item in page["provisionedModelSummaries"]:
            if model.arn in (item["modelArn"], item["desiredModelArn"]):
                yield f"provisioned throughput {item['provisionedModelName']} serves it; release it first: kit capacity"


def _trained_from(
    deployed: Deployed, run_id: str, model: Model, values: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name, specification in customizations(deployed, values).items():
        if {specification.get("base_model"), specification.get("parent")} & {run_id, model.arn, model.name}:
            yield f"customization {name} trains from it"
    pages = deployed.bedrock.get_paginator("list_model_customization_jobs").paginate(statusEquals="InProgress")
    for page in pages:
        for job in page["modelCustomizationJobSummaries"]:
            if job["baseModelArn"] == model.arn:
                yield f"job {job['jobName']} trains from it now"


def _deployments(deployed: Deployed, model: Model) -> Iterator[tuple[str, str]]:
    pages = deployed.bedrock.get_paginator("list_custom_model_deployments").paginate(modelArnEquals=model.arn)
    for page in pages:
        for item in page["modelDeploymentSummaries"]:
            yield item["customModelDeploymentName"], item["customModelDeploymentArn"]


def _objects(deployed: Deployed, run: RecordedRun) -> Iterator[tuple[str, int]]:
    prefixes = (
        run_names.run_prefix(run.customization, run.run_id),
        f"{run_names.output_prefix(run.customization)}{run.run_id}/",
    )
    for prefix in prefixes:
        for page in deployed.s3.get_paginator("list_objects_v2").paginate(Bucket=deployed.bucket, Prefix=prefix):
            yield from ((item["Key"], item["Size"]) for item in page.get("Contents", []))
