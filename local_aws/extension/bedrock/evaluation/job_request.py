"""Checks a CreateEvaluationJob request. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-built-in-metrics.html
Patterns and limits: botocore 1.44, bedrock/2023-04-20/service-2.json. Jobs with human workers and jobs that ask a
model are not emulated; a custom model deployment is no model of a job at AWS either.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from kit_contract import rag_evaluation_jobs as rag_jobs
from kit_contract.evaluation_jobs import EVALUATORS, METRICS, TASK_TYPE
from kit_contract.model_arns import plain_id
from local_aws.extension.bedrock.customization.job_request import S3_URI
from local_aws.extension.bedrock.evaluation import rag_request

JOB_NAME = re.compile(r"[a-z0-9](-*[a-z0-9]){0,62}")
SOURCE = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9._-]){0,255}")
DATASET_NAME = re.compile(r"[0-9a-zA-Z-_.]{1,63}")
PREFIXES = ("us", "eu", "apac", "au", "ca", "jp", "global")
NOT_EMULATED = "The embedded AWS judges answers of a precomputedInferenceSource only"


def check_request(body: dict[str, Any]) -> str:
    """Bedrock's message for the first member that it refuses, or an empty string."""
    application = body.get("applicationType") or "ModelEvaluation"
    if application not in APPLICATIONS:
        return f"The embedded AWS has no evaluation jobs of applicationType {application}"
    return next(APPLICATIONS[application](body), "")


def automated(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (body.get("evaluationConfig") or {}).get("automated") or {}
    return found


def source_of(body: dict[str, Any]) -> str:
    models = (body.get("inferenceConfig") or {}).get("models") or [{}]
    return str((models[0].get("precomputedInferenceSource") or {}).get("inferenceSourceIdentifier") or "")


def evaluator_of(body: dict[str, Any]) -> str:
    models = (automated(body).get("evaluatorModelConfig") or {}).get("bedrockEvaluatorModels") or [{}]
    return str(models[0].get("modelIdentifier") or "")


def _model_faults(body: dict[str, Any]) -> Iterator[str]:
    yield from _shared_faults(body)
    models = (body.get("inferenceConfig") or {}).get("models") or []
    if len(models) != 1:
        yield f"Automated evaluation jobs support one model, got {len(models)}"
    if not source_of(body):
        yield NOT_EMULATED
    for config in automated(body)["datasetMetricConfigs"]:
        if config.get("taskType") != TASK_TYPE:
            yield f"Task type {config.get('taskType')} is not supported with an evaluator model; use {TASK_TYPE}"
        names = config.get("metricNames") or []
        if not names or (unknown := [name for name in names if name not in METRICS.values()]):
            yield f"The metrics {unknown if names else names} are not supported for this job"


def _shared_faults(body: dict[str, Any]) -> Iterator[str]:
    configs = automated(body).get("datasetMetricConfigs") or []
    if not 1 <= len(configs) <= 5:
        yield "evaluationConfig.automated.datasetMetricConfigs must have 1 to 5 members"
    members = [("jobName", JOB_NAME, str(body["jobName"]))]
    members.append(("outputDataConfig.s3Uri", S3_URI, str(body["outputDataConfig"].get("s3Uri") or "")))
    for config in configs:
        dataset = config.get("dataset") or {}
        members.append(("dataset.name", DATASET_NAME, str(dataset.get("name") or "")))
        uri = (dataset.get("datasetLocation") or {}).get("s3Uri")
        members.append(("dataset.datasetLocation.s3Uri", S3_URI, str(uri or "")))
    if source := source_of(body):
        members.append(("inferenceSourceIdentifier", SOURCE, source))
    for member, pattern, value in members:
        if not pattern.fullmatch(value):
            yield (
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must "
                f"satisfy regular expression pattern: {pattern.pattern}"
            )
    known = rag_jobs.EVALUATORS if body.get("applicationType") == rag_jobs.APPLICATION else EVALUATORS
    if foundation_id(evaluator_of(body)) not in known:
        yield f"The evaluator model {evaluator_of(body) or 'is required'} is not supported"


def foundation_id(model: str) -> str:
    """Of an id, a profile's id or the ARN of either. An application inference profile is refused as evaluator."""
    plain = plain_id(model) or model
    first, _, rest = plain.partition(".")
    return rest if first in PREFIXES else plain


def _rag_faults(body: dict[str, Any]) -> Iterator[str]:
    yield from _shared_faults(body)
    yield from rag_request.rag_faults(body)


APPLICATIONS: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "ModelEvaluation": _model_faults,
    rag_jobs.APPLICATION: _rag_faults,
}
