"""Reads every run of a deployment: its executions, jobs, models, and what serves.

The number of calls grows with the pages, not with the runs: a page has up to 1,000 executions, jobs or models.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from kit.runs.deployed import Deployed
from kit.runs.imported_models import imported_models
from kit.runs.owned_names import Belongs, RunKey, execution_key, job_key, model_key
from kit.runs.recorded_run import Attempt, Job, Model, RecordedRun
from kit_contract import parameters
from kit_contract.aws_errors import says_absent
from kit_contract.tags import DEPLOYMENT_TAG

PAGE: Any = {"PageSize": 1000}
Values = Mapping[str, Mapping[str, Any]]  # name of an SSM parameter -> its JSON


def all_runs(deployed: Deployed) -> list[RecordedRun]:
    """The newest first."""
    attempts, belongs = _attempts(deployed), tag_reader(deployed)
    models = _models(deployed, belongs)
    values = read_parameters(deployed)
    known = {key.customization for key in (*attempts, *models)} | set(customizations(deployed, values))
    jobs = _jobs(deployed, sorted(known), belongs)
    runs = [
        _run(key, attempts.get(key, []), jobs.get(key, []), models, values, deployed.name)
        for key in {**attempts, **jobs, **models}
    ]
    return sorted(runs, key=lambda run: run.started.timestamp() if run.started else 0, reverse=True)


def read_parameters(deployed: Deployed) -> Values:
    """Those of the customizations and aliases; one that cannot be read counts as absent."""
    values: dict[str, Mapping[str, Any]] = {}
    for path in (parameters.customizations_path(deployed.name), parameters.aliases_path(deployed.name)):
        for page in deployed.ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True):
            values |= {item["Name"]: _object(item["Value"]) for item in page["Parameters"]}
    return values


def customizations(deployed: Deployed, values: Values) -> dict[str, Mapping[str, Any]]:
    """Name -> specification of each that is deployed."""
    path = f"{parameters.customizations_path(deployed.name)}/"
    rest = {name.removeprefix(path): value for name, value in values.items() if name.startswith(path)}
    return {name: value for name, value in rest.items() if "/" not in name}


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _attempts(deployed: Deployed) -> dict[RunKey, list[Attempt]]:
    pages = deployed.stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=deployed.state_machine_arn, PaginationConfig=PAGE
    )
    found: dict[RunKey, list[Attempt]] = {}
    for page in pages:
        for item in page["executions"]:
            if key := execution_key(item["name"]):
                run, number = key
                attempt = Attempt(
                    number, item["name"], item["executionArn"], item["status"], item["startDate"], item.get("stopDate")
                )
                found.setdefault(run, []).append(attempt)
    return {key: sorted(attempts, key=lambda attempt: attempt.number) for key, attempts in found.items()}


def _jobs(deployed: Deployed, known: Iterable[str], belongs: Belongs) -> dict[RunKey, list[Job]]:
    pages = deployed.bedrock.get_paginator("list_model_customization_jobs").paginate(PaginationConfig=PAGE)
    found: dict[RunKey, list[Job]] = {}
    for page in pages:
        for item in page["modelCustomizationJobSummaries"]:
            if key := job_key(item["jobName"], item["jobArn"], deployed.name, known, belongs):
                job = Job(
                    item["jobArn"],
                    item["jobName"],
                    item["status"],
                    item.get("customizationType", ""),
                    item["baseModelArn"],
                    item["creationTime"],
                    item.get("endTime"),
                )
                found.setdefault(key, []).append(job)
    return {key: sorted(jobs, key=lambda job: job.created) for key, jobs in found.items()}


def _models(deployed: Deployed, belongs: Belongs) -> dict[RunKey, Model]:
    pages = deployed.bedrock.get_paginator("list_custom_models").paginate(isOwned=True, PaginationConfig=PAGE)
    found: dict[RunKey, Model] = {}
    for page in pages:
        for item in page["modelSummaries"]:
            if key := model_key(item["modelName"], item["modelArn"], deployed.name, belongs):
                found[key] = Model(item["modelArn"], item["modelName"], item.get("modelStatus", "Active"))
    return found | imported_models(deployed, belongs)


def tag_reader(deployed: Deployed) -> Belongs:
    """Whether a resource carries the deployment's tag: a call for each, so names decide where they can."""

    @cache
    def belongs(arn: str) -> bool:
        try:
            tags = deployed.bedrock.list_tags_for_resource(resourceARN=arn)["tags"]
        except Exception as error:
            if not says_absent(error):
                raise
            return False
        return any((tag["key"], tag["value"]) == (DEPLOYMENT_TAG, deployed.name) for tag in tags)

    return belongs


def _run(
    key: RunKey,
    attempts: list[Attempt],
    jobs: list[Job],
    models: Mapping[RunKey, Model],
    values: Values,
    kit_deployment: str,
) -> RecordedRun:
    model = models.get(key) or next((model for other, model in models.items() if other.run_id == key.run_id), None)
    promoted = values.get(parameters.customization_promoted(kit_deployment, key.customization), {})
    serves, canary = _served(key, values, kit_deployment)
    return RecordedRun(
        *key,
        tuple(attempts),
        tuple(jobs),
        model,
        serves,
        model is not None and promoted.get("custom_model_arn") == model.arn,
        canary,
    )


def _served(key: RunKey, values: Values, kit_deployment: str) -> tuple[tuple[str, ...], Mapping[str, Any] | None]:
    """The aliases that the run's model serves, and the canary that it is.

    A customization and the one that it was renamed to have one run id: the model serves for the one with the alias.
    """
    serves, canary = [], None
    path = f"{parameters.customizations_path(kit_deployment)}/"
    owners = {value.get("alias"): name.removeprefix(path) for name, value in values.items() if name.startswith(path)}
    for alias, value in _serving(values, kit_deployment).items():
        trial = value.get("canary")
        if owners.get(alias, key.customization) != key.customization:
            continue
        if value.get("run_id") == key.run_id:
            serves.append(alias)
        if isinstance(trial, dict) and trial.get("run_id") == key.run_id:
            canary = {**trial, "alias": alias}
    return tuple(serves), canary


def _serving(values: Values, kit_deployment: str) -> dict[str, Mapping[str, Any]]:
    """Alias -> what promotion wrote."""
    path = f"{parameters.aliases_path(kit_deployment)}/"
    aliases = {name.removeprefix(path).partition("/")[0] for name in values if name.startswith(path)}
    written = {alias: values.get(parameters.alias_serving(kit_deployment, alias)) for alias in sorted(aliases)}
    return {alias: value for alias, value in written.items() if value}
