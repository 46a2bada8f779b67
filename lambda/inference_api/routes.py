"""The routes of the API: request -> status, headers and an iterator of bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inference_api.anthropic_messages import errors as anthropic_errors
from inference_api.anthropic_messages import models as anthropic_models
from inference_api.anthropic_messages.endpoint import count_tokens, create
from inference_api.bedrock_converse import errors as bedrock_errors
from inference_api.bedrock_converse.endpoint import PREFIX as BEDROCK
from inference_api.bedrock_converse.endpoint import converse, converse_stream
from inference_api.bedrock_converse.invoke_model import invoke, invoke_with_response_stream
from inference_api.description import description
from inference_api.errors import ApiError, api_error, failure_name
from inference_api.grounded_answers import retrieve_and_generate
from inference_api.http_messages import Answer, Facts, Request, json_answer
from inference_api.models import get_model, list_models
from inference_api.openai_chat.endpoint import chat
from inference_api.openai_embeddings.endpoint import embeddings
from inference_api.openai_errors import error_answer
from inference_api.openai_responses.endpoint import PREFIX as RESPONSES
from inference_api.openai_responses.endpoint import kept_response, responses
from inference_api.retrieval import retrieve
from inference_api.service import Service
from inference_api.signed_requests import as_with_a_key
from kit_contract.inference_api import IAM_PREFIX

DESCRIPTION = "/openapi.json"
MODELS = "/v1/models"
MESSAGES = "/v1/messages"
ARNS = "x-bedrock-kit-arns"  # "true": served_by with ARNs
Endpoint = Callable[[Request, Service, Facts], Answer]
ErrorAnswer = Callable[[ApiError], Answer]


class Route(NamedTuple):
    """`error_answer` is that of the dialect. `method`: None if the endpoint takes any."""

    method: str | None
    endpoint: Endpoint
    error_answer: ErrorAnswer = error_answer


def respond(request: Request, service: Service) -> tuple[Answer, Facts]:
    """The response, also for errors, and the facts for the log."""
    facts = Facts()
    prefix = IAM_PREFIX if request.path.startswith(f"{IAM_PREFIX}{BEDROCK}") else ""
    name = _name(request.path.removeprefix(prefix))
    route = ROUTES.get(name)
    try:
        if route is None:
            known = ", ".join(sorted(ROUTES))
            raise ApiError(404, "not_found", f"there is no such path; the paths are {known}")
        facts.route = f"{prefix}{name}"
        request = as_with_a_key(request) if prefix else request
        facts.shows_arns = _asks_for_arns(request, service)
        if route.method not in (request.method, None):
            message = f"{name} accepts {route.method}, got {request.method}"
            raise ApiError(405, "method_not_allowed", message, headers={"Allow": str(route.method)})
        return route.endpoint(request, service, facts), facts
    except Exception as failure:
        error = api_error(failure)
        facts.error = failure_name(failure)
        shared = route is None or name.startswith(MODELS)
        if name.startswith(MESSAGES) or (shared and _is_anthropic(request)):
            return anthropic_errors.error_answer(error, request), facts
        return (route.error_answer if route else _unknown_path_answer(name))(error), facts


def _asks_for_arns(request: Request, service: Service) -> bool:
    """Raises ApiError 403 if they are not for callers: they have the id of the account."""
    if request.headers.get(ARNS, "").strip().lower() != "true":
        return False
    if not service.settings.show_arns:
        message = f"{ARNS} is not allowed; leave it out, or set show_arns = true in [inference_api] and deploy"
        raise ApiError(403, "arns_not_allowed", message, param=ARNS)
    return True


def _is_anthropic(request: Request) -> bool:
    """Tells the dialect where the path does not."""
    return anthropic_errors.VERSION in request.headers


def _name(path: str) -> str:
    path = path.rstrip("/") or "/"
    if path.startswith(BEDROCK):
        return f"{BEDROCK}{{alias}}/{path.rpartition('/')[2]}"
    if path.startswith(RESPONSES):
        return f"{RESPONSES}{{response}}"
    return f"{MODELS}/{{model}}" if path.startswith(f"{MODELS}/") else path


def _unknown_path_answer(name: str) -> ErrorAnswer:
    return bedrock_errors.error_answer if name.startswith(BEDROCK) else error_answer


def _health(request: Request, service: Service, facts: Facts) -> Answer:
    return json_answer(200, {"status": "ok"})


def _description(request: Request, service: Service, facts: Facts) -> Answer:
    return description(request)


def _models(request: Request, service: Service, facts: Facts) -> Answer:
    if _is_anthropic(request):
        return anthropic_models.list_models(service.settings, request)
    return list_models(service.settings)


def _model(request: Request, service: Service, facts: Facts) -> Answer:
    alias = request.path.rstrip("/").removeprefix(f"{MODELS}/")
    if _is_anthropic(request):
        return anthropic_models.get_model(service.settings, alias, request)
    return get_model(service.settings, alias)


ROUTES: dict[str, Route] = {
    "/health": Route("GET", _health),
    DESCRIPTION: Route("GET", _description),
    MODELS: Route("GET", _models),
    f"{MODELS}/{{model}}": Route("GET", _model),
    "/v1/chat/completions": Route("POST", chat),
    MESSAGES: Route("POST", create),
    f"{MESSAGES}/count_tokens": Route("POST", count_tokens),
    "/v1/responses": Route("POST", responses),
    f"{RESPONSES}{{response}}": Route(None, kept_response),
    "/v1/embeddings": Route("POST", embeddings),
    "/v1/retrieve": Route("POST", retrieve),
    "/v1/retrieve-and-generate": Route("POST", retrieve_and_generate),
    **{
        f"{BEDROCK}{{alias}}/{operation}": Route("POST", endpoint, bedrock_errors.error_answer)
        for operation, endpoint in {
            "converse": converse,
            "converse-stream": converse_stream,
            "invoke": invoke,
            "invoke-with-response-stream": invoke_with_response_stream,
        }.items()
    },
}
