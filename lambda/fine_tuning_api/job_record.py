"""What the API keeps of a job, as jobs/<job id>.json: everything else is read from its execution and its run."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from fine_tuning_api import objects
from fine_tuning_api.service import Service
from inference_api.errors import ApiError
from kit_contract.fine_tuning import JOB_PREFIX, JOBS
from kit_contract.run_names import run_prefix


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """`execution_arn` is empty where the model served already, so that nothing was started.

    `deployed` are the hyperparameters of deployment.toml, when the job was created.
    """

    id: str
    customization: str
    run_id: str
    execution_arn: str
    alias: str
    base_model: str
    created_at: int
    created_by: str
    training_file: str
    validation_file: str | None
    key: str
    hyperparameters: Mapping[str, str]
    deployed: Mapping[str, str]
    metadata: Mapping[str, str] | None
    records: int
    tokens: int

    @property
    def run_prefix(self) -> str:
        return run_prefix(self.customization, self.run_id)

    @property
    def trained_tokens(self) -> int:
        """By estimate: what Bedrock counts is on the bill only."""
        return self.tokens * int(self.hyperparameters.get("epochCount", 1))


def save(service: Service, record: JobRecord) -> None:
    objects.write(service, f"{JOBS}{record.id}.json", json.dumps(asdict(record)).encode())


def find(service: Service, job_id: str) -> JobRecord | None:
    plain = job_id.removeprefix(JOB_PREFIX)
    if plain == job_id or not plain.replace("-", "").isalnum():
        return None
    value = objects.read_json(service, f"{JOBS}{job_id}.json")
    return JobRecord(**{field.name: value[field.name] for field in fields(JobRecord)}) if value else None


def get(service: Service, job_id: str) -> JobRecord:
    """Raises ApiError 404."""
    record = find(service, job_id)
    if record is None:
        message = "there is no such job; list them with GET /v1/fine_tuning/jobs"
        raise ApiError(404, "fine_tuning_job_not_found", message, param="fine_tuning_job_id")
    return record


def ids(service: Service) -> list[str]:
    """The newest first."""
    found = sorted(objects.listed(service, JOBS), key=lambda item: (item.modified, item.key), reverse=True)
    return [item.key.removeprefix(JOBS).removesuffix(".json") for item in found]


def metrics_of(service: Service, record: JobRecord) -> dict[str, Any]:
    return objects.read_json(service, f"{record.run_prefix}metrics.json")
