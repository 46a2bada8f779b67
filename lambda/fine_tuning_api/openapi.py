"""The OpenAPI description of files and fine-tuning jobs, which /openapi.json has where they are allowed.

PYTHONPATH=lambda .venv/bin/python -m fine_tuning_api.openapi > docs/openapi-fine-tuning.json
"""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from fine_tuning_api.files import PURPOSE
from fine_tuning_api.hyperparameters import NAMES
from fine_tuning_api.job_request import FIELDS, UNAVAILABLE
from fine_tuning_api.routes import FILE, FILES, JOB, JOBS, ROUTES
from inference_api.openapi.schemas import (
    COUNT,
    FILLED,
    OBJECT,
    TEXT,
    Schema,
    answer,
    component,
    list_of,
    number,
    one_of,
    or_null,
    request,
)

_STATUS = one_of("validating_files", "queued", "running", "succeeded", "failed", "cancelled")
_ERRORS = {
    "400": "the request is refused; the message says what to change",
    "401": "the key is missing or wrong",
    "403": "the key may not fine-tune",
    "404": "there is no such file or job",
    "409": "another run of the customization, or a model that was deleted, is in the way",
    "413": "the file is too large",
    "429": "over the rate or the quota of the month",
    "500": "the API failed",
    "502": "the API failed",
    "503": "AWS is busy",
    "504": "no answer within 29 seconds",
}
_AUTO: Schema = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, one_of("auto"), {"type": "null"}]}
_HYPERPARAMETERS = request(tuple(NAMES), dict.fromkeys(NAMES, _AUTO))
_METHOD = request(
    ("type", "supervised"),
    {
        "type": one_of("supervised"),
        "supervised": or_null(request(("hyperparameters",), {"hyperparameters": or_null(_HYPERPARAMETERS)})),
    },
    ("type",),
)
_NEW_JOB = request(
    FIELDS,
    {
        "model": {**FILLED, "description": "a customization of deployment.toml, its alias, or its base model"},
        "training_file": FILLED,
        "validation_file": or_null(FILLED),
        "method": or_null(_METHOD),
        "hyperparameters": or_null(_HYPERPARAMETERS),
        "metadata": or_null({"type": "object", "additionalProperties": {"type": "string", "maxLength": 512}}),
        **{name: {"enum": [None, "", []], "description": f"not available: {why}"} for name, why in UNAVAILABLE.items()},
    },
    ("model", "training_file"),
)
_FORM = request(
    ("file", "purpose"),
    {"file": {"type": "string", "contentMediaType": "application/jsonl"}, "purpose": one_of(PURPOSE)},
    ("file", "purpose"),
)
_SHOWN = answer({name: {"type": ["number", "string"]} for name in NAMES})
COMPONENTS: Mapping[str, Schema] = {
    "File": answer(
        {
            "id": TEXT,
            "object": one_of("file"),
            "bytes": COUNT,
            "created_at": COUNT,
            "filename": TEXT,
            "purpose": one_of(PURPOSE),
            "status": one_of("processed"),
        }
    ),
    "FineTuningJob": answer(
        {
            "id": TEXT,
            "object": one_of("fine_tuning.job"),
            "status": _STATUS,
            "model": TEXT,
            "fine_tuned_model": or_null(TEXT, "the alias that serves the model"),
            "created_at": COUNT,
            "finished_at": or_null(COUNT),
            "training_file": TEXT,
            "validation_file": or_null(TEXT),
            "hyperparameters": _SHOWN,
            "trained_tokens": {"type": "null"},
            "error": or_null(answer({"code": TEXT, "message": TEXT, "param": {"type": "null"}})),
            "metadata": or_null(OBJECT),
            "bedrock_kit": OBJECT,
        }
    ),
    "FineTuningEvent": answer(
        {
            "id": TEXT,
            "object": one_of("fine_tuning.job.event"),
            "created_at": COUNT,
            "level": one_of("info", "warn", "error"),
            "message": TEXT,
            "type": one_of("message", "metrics"),
            "data": OBJECT,
        }
    ),
    "FineTuningCheckpoint": answer(
        {
            "id": TEXT,
            "object": one_of("fine_tuning.job.checkpoint"),
            "created_at": COUNT,
            "fine_tuning_job_id": TEXT,
            "fine_tuned_model_checkpoint": TEXT,
            "step_number": COUNT,
            "metrics": OBJECT,
        }
    ),
}
_DELETED = answer({"id": TEXT, "object": one_of("file"), "deleted": one_of(True)})


class _Operation(NamedTuple):
    """`query`: how many items of a list a request may ask for. `form`: the body is a form."""

    summary: str
    answer: Schema | None
    body: Schema | None = None
    form: bool = False
    query: int = 0
    content: str = "application/json"


def _list(name: str) -> Schema:
    return answer({"object": one_of("list"), "data": list_of(component(name)), "has_more": {"type": "boolean"}})


_JOB = component("FineTuningJob")
_PAUSE = "Refused: Bedrock can't pause a job"
OPERATIONS: Mapping[tuple[str, str], _Operation] = {
    (FILES, "POST"): _Operation("Upload a file", component("File"), _FORM, form=True),
    (FILES, "GET"): _Operation("List files", _list("File"), query=10_000),
    (FILE, "GET"): _Operation("A file", component("File")),
    (FILE, "DELETE"): _Operation("Delete a file", _DELETED),
    (f"{FILE}/content", "GET"): _Operation("The content of a file", TEXT, content="application/octet-stream"),
    (JOBS, "POST"): _Operation("Fine-tune: start a run of the training workflow", _JOB, _NEW_JOB),
    (JOBS, "GET"): _Operation("List jobs", _list("FineTuningJob"), query=100),
    (JOB, "GET"): _Operation("A job", _JOB),
    (f"{JOB}/cancel", "POST"): _Operation("Cancel a job", _JOB),
    (f"{JOB}/pause", "POST"): _Operation(_PAUSE, None),
    (f"{JOB}/resume", "POST"): _Operation(_PAUSE, None),
    (f"{JOB}/events", "GET"): _Operation("Events of a job", _list("FineTuningEvent"), query=100),
    (f"{JOB}/checkpoints", "GET"): _Operation("Losses by epoch", _list("FineTuningCheckpoint"), query=100),
}


def document() -> dict[str, Any]:
    """Paths and components, to be added to those of the inference API. Raises KeyError for an unknown route."""
    return {
        "paths": {
            path: {method.lower(): _described(path, method, OPERATIONS[path, method]) for method in methods}
            for path, methods in ROUTES.items()
        },
        "components": {"schemas": COMPONENTS},
    }


def text() -> str:
    return json.dumps(document(), indent=1, sort_keys=True) + "\n"


def _described(path: str, method: str, operation: _Operation) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", path)
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in names]
    if operation.query:
        limits = {"after": TEXT, "limit": number(1, operation.query, "integer")}
        if path == FILES:
            limits |= {"order": one_of("asc", "desc"), "purpose": TEXT}
        parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in limits.items()]
    kind = "multipart/form-data" if operation.form else "application/json"
    body = {"required": True, "content": {kind: {"schema": operation.body}}} if operation.body else None
    error = {"application/json": {"schema": component("OpenAIError")}}
    answers = {status: {"description": said, "content": error} for status, said in _ERRORS.items()}
    if operation.answer is not None:
        answers["200"] = {"description": "the answer", "content": {operation.content: {"schema": operation.answer}}}
    said = {
        "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
        "summary": operation.summary,
        "parameters": parameters,
        "requestBody": body,
        "responses": answers,
    }
    return {name: value for name, value in said.items() if value}


if __name__ == "__main__":
    sys.stdout.write(text())
