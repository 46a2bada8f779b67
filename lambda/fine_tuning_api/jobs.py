"""/v1/fine_tuning/jobs: create, list, retrieve, cancel. A job is an execution of the training workflow.

The same content is trained once: a second request for it gives the job that there is, unless that failed or was
cancelled. https://platform.openai.com/docs/api-reference/fine-tuning
"""

import json
from typing import Any

from fine_tuning_api import customizations, datasets, files, hyperparameters, job_record, pages, starter
from fine_tuning_api.datasets import JobData
from fine_tuning_api.job_record import JobRecord
from fine_tuning_api.job_request import JobRequest, job_request
from fine_tuning_api.job_view import ENDED, execution_of, view, view_of
from fine_tuning_api.service import Call, Reply, Service
from inference_api.errors import ApiError
from kit_contract.fine_tuning import JOB_PREFIX
from kit_contract.run_events import HELD_BACK, NOT_SERVED
from kit_contract.run_names import execution_name
from kit_contract.runs import RunSpecification

PREFIX = "/v1/fine_tuning/jobs/"
DEFAULT, MOST = 20, 100


def create_job(call: Call, service: Service) -> Reply:
    request = job_request(_body(call))
    specification = customizations.choose(service, request.model)
    name = specification.customization
    chosen = hyperparameters.chosen(
        request.hyperparameters, specification.hyperparameters, service.bounds.get(name, {}), specification.base_model
    )
    training = files.find_file(service, request.training_file, param="training_file")
    validation = None
    if request.validation_file:
        validation = files.find_file(service, request.validation_file, param="validation_file")
    data = datasets.prepare(service, specification, training, validation)
    started = starter.call(
        service,
        {
            "customization": name,
            "key": data.key,
            "retry": True,  # asking again for a job that failed is the word that it may be paid for
            "hyperparameters": chosen,
            "validation_key": data.validation_key or specification.validation_key,
        },
    )
    if not started["started"] and str(started["reason"]).startswith((NOT_SERVED, HELD_BACK)):
        raise starter.refused(str(started["reason"]))
    run_id, arn = str(started["run_id"]), str(started.get("execution_arn", ""))
    job_id = JOB_PREFIX + (arn.rpartition(":")[2] or execution_name(name, run_id))
    record = job_record.find(service, job_id)
    if record is None:
        record = _record(job_id, run_id, arn, call, service, request, specification, data, chosen)
        job_record.save(service, record)
    return _json(view(service, record))


def list_jobs(call: Call, service: Service) -> Reply:
    pages.refuse_query(call.query, pages.FIELDS)
    ids = job_record.ids(service)
    chosen, more = pages.page(ids, call.query, default=DEFAULT, most=MOST)
    data = [view(service, job_record.get(service, ids[index])) for index in chosen]
    return _json({"object": "list", "data": data, "has_more": more})


def get_job(call: Call, service: Service) -> Reply:
    return _json(view(service, job_record.get(service, call.path.removeprefix(PREFIX))))


def cancel_job(call: Call, service: Service) -> Reply:
    """Tokens that Bedrock has processed are billed. Raises ApiError 400 for a job that has ended."""
    record = job_record.get(service, call.path.removeprefix(PREFIX).removesuffix("/cancel"))
    execution = execution_of(service, record)
    if execution.status in ENDED:
        message = f"the job has ended: it is {execution.status}; there is nothing to cancel"
        raise ApiError(400, "job_not_running", message)
    starter.call(service, {"cancel": record.execution_arn, "customization": record.customization})
    stopped = execution._replace(status="cancelled", stopped=int(service.clock()))
    return _json(view_of(service, record, stopped))


def refuse_pause(call: Call, service: Service) -> Reply:
    raise ApiError(400, "unsupported", "Bedrock can't pause or resume a job; cancel it")


def _record(
    job_id: str,
    run_id: str,
    arn: str,
    call: Call,
    service: Service,
    request: JobRequest,
    specification: RunSpecification,
    data: JobData,
    chosen: dict[str, str],
) -> JobRecord:
    return JobRecord(
        id=job_id,
        customization=specification.customization,
        run_id=run_id,
        execution_arn=arn,
        alias=specification.alias,
        base_model=specification.base_model,
        created_at=int(service.clock()),
        created_by=call.key_name,
        training_file=request.training_file,
        validation_file=request.validation_file,
        key=data.key,
        hyperparameters=chosen,
        deployed=dict(specification.hyperparameters),
        metadata=request.metadata,
        records=data.records,
        tokens=data.tokens,
    )


def _body(call: Call) -> dict[str, Any]:
    try:
        value = json.loads(call.body)
    except (ValueError, RecursionError):
        raise ApiError(400, "invalid_json", "the body must be JSON; check quotes, commas and encoding") from None
    if not isinstance(value, dict):
        raise ApiError(400, "invalid_json", f"the body must be a JSON object, got {type(value).__name__}")
    return value


def _json(value: dict[str, Any]) -> Reply:
    return Reply(200, json.dumps(value))
