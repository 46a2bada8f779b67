"""A job as OpenAI's clients read it: https://platform.openai.com/docs/api-reference/fine-tuning/object."""

from typing import Any

from fine_tuning_api import executions
from fine_tuning_api.executions import Execution
from fine_tuning_api.hyperparameters import shown
from fine_tuning_api.job_record import JobRecord, metrics_of
from fine_tuning_api.service import Service

ENDED = ("succeeded", "failed", "cancelled")
GONE = "Step Functions no longer has the execution of this job, and the run has no metrics"


def execution_of(service: Service, record: JobRecord) -> Execution:
    """Also of a job whose model served already, and of one that ended more than 90 days ago."""
    if not record.execution_arn:
        return Execution("succeeded", record.created_at, "", "")
    found = executions.find(service, record.execution_arn)
    if found:
        return found
    ended = bool(metrics_of(service, record))
    return Execution("succeeded", None, "", "") if ended else Execution("failed", None, "Expired", GONE)


def view(service: Service, record: JobRecord) -> dict[str, Any]:
    return view_of(service, record, execution_of(service, record))


def view_of(service: Service, record: JobRecord, execution: Execution) -> dict[str, Any]:
    """`trained_tokens` stays null, because Bedrock does not report them; `bedrock_kit` has an estimate."""
    hyperparameters = shown(record.hyperparameters, record.deployed)
    error = None
    if execution.status == "failed":
        error = {"code": execution.error or "failed", "message": execution.cause, "param": None}
    return {
        "object": "fine_tuning.job",
        "id": record.id,
        "model": record.base_model,
        "created_at": record.created_at,
        "finished_at": execution.stopped if execution.status in ENDED else None,
        "fine_tuned_model": record.alias if execution.status == "succeeded" else None,
        "organization_id": service.kit_deployment,
        "result_files": [],
        "status": execution.status,
        "training_file": record.training_file,
        "validation_file": record.validation_file,
        "hyperparameters": hyperparameters,
        "trained_tokens": None,
        "error": error,
        "user_provided_suffix": None,
        "seed": 0,  # OpenAI's schema has it; Bedrock takes none
        "estimated_finish": None,
        "integrations": [],
        "metadata": record.metadata,
        "method": {"type": "supervised", "supervised": {"hyperparameters": hyperparameters}},
        "bedrock_kit": {
            "customization": record.customization,
            "run_id": record.run_id,
            "hyperparameters": dict(record.hyperparameters),
            "records": record.records,
            "estimated_trained_tokens": record.trained_tokens,
        },
    }
