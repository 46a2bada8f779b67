"""The routes of the API of fine-tuning: a call -> a reply, also for errors."""

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from fine_tuning_api.checkpoints import list_checkpoints
from fine_tuning_api.failures import api_error
from fine_tuning_api.files import create_file, delete_file, file_content, get_file, list_files
from fine_tuning_api.job_events import list_events
from fine_tuning_api.jobs import cancel_job, create_job, get_job, list_jobs, refuse_pause
from fine_tuning_api.service import Call, Reply, Service
from inference_api.errors import ApiError, failure_name
from inference_api.openai_errors import error_body

Endpoint = Callable[[Call, Service], Reply]
FILES, JOBS = "/v1/files", "/v1/fine_tuning/jobs"
FILE, JOB = f"{FILES}/{{file}}", f"{JOBS}/{{job}}"
ROUTES: Mapping[str, Mapping[str, Endpoint]] = {
    FILES: {"POST": create_file, "GET": list_files},
    FILE: {"GET": get_file, "DELETE": delete_file},
    f"{FILE}/content": {"GET": file_content},
    JOBS: {"POST": create_job, "GET": list_jobs},
    JOB: {"GET": get_job},
    f"{JOB}/cancel": {"POST": cancel_job},
    f"{JOB}/pause": {"POST": refuse_pause},
    f"{JOB}/resume": {"POST": refuse_pause},
    f"{JOB}/events": {"GET": list_events},
    f"{JOB}/checkpoints": {"GET": list_checkpoints},
}
_PATTERNS = {name: re.compile(re.sub(r"\{\w+\}", "[^/]+", name)) for name in ROUTES}


class Outcome(NamedTuple):
    """`route` and `error` are for the log: the error's code, "" without one."""

    reply: Reply
    route: str
    error: str


def respond(call: Call, service: Service) -> Outcome:
    call = call._replace(path=call.path.rstrip("/"))
    route = next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(call.path)), "")
    try:
        _refuse_other_keys(call, service)
        return Outcome(_endpoint(call, route)(call, service), route, "")
    except Exception as failure:
        error = api_error(failure)
        body = json.dumps(error_body(error))
        return Outcome(Reply(error.status, body, headers=error.headers), route, failure_name(failure))


def _refuse_other_keys(call: Call, service: Service) -> None:
    """Fine-tuning costs money. Raises ApiError 403."""
    if call.key_name not in service.keys:
        message = "this key may not fine-tune; name it in fine_tuning_keys of [inference_api] and deploy"
        raise ApiError(403, "fine_tuning_not_allowed", message)


def _endpoint(call: Call, route: str) -> Endpoint:
    if not route:
        raise ApiError(404, "not_found", f"there is no such path; the paths are {', '.join(ROUTES)}")
    methods = ROUTES[route]
    if call.method not in methods:
        allowed = ", ".join(methods)
        message = f"{route} accepts {allowed}, got {call.method}"
        raise ApiError(405, "method_not_allowed", message, headers={"Allow": allowed})
    return methods[call.method]
