"""The routes of the API: request -> status, headers and an iterator of bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from inference_api import endpoints
from inference_api.errors import ApiError, api_error, failure_name
from inference_api.http_messages import Answer, Facts, Request
from inference_api.paths import AGENTS, BEDROCK, DESCRIPTION, MESSAGES, MODELS, RESPONSES, STORED, stored_name
from kit_contract.inference_api import IAM_PREFIX, VARIABLES_HEADER

if TYPE_CHECKING:
    from inference_api.service import Service

ARNS = "x-bedrock-kit-arns"  # "true": served_by with ARNs


class Route(NamedTuple):
    """`endpoint` imports the endpoint. `method`: None if that takes any, of which clients send `methods`."""

    method: str | None
    endpoint: Callable[[], endpoints.Endpoint]
    methods: tuple[str, ...] = ()


def respond(request: Request, service: Service) -> tuple[Answer, Facts]:
    """The response, also for errors, and the facts for the log."""
    facts = Facts()
    facts.key_name = request.key_name
    prefix = IAM_PREFIX if request.path.startswith(f"{IAM_PREFIX}{BEDROCK}") else ""
    name = _name(request.path.removeprefix(prefix))
    route = ROUTES.get(name)
    try:
        if route is None:
            known = ", ".join(sorted(ROUTES))
            raise ApiError(404, "not_found", f"there is no such path; the paths are {known}")
        facts.route = f"{prefix}{name}"
        request = _as_with_a_key(request) if prefix else request
        facts.prompt_variables = request.headers.get(VARIABLES_HEADER, "")
        facts.shows_arns = _asks_for_arns(request, service)
        if route.method not in (request.method, None):
            message = f"{name} accepts {route.method}, got {request.method}"
            raise ApiError(405, "method_not_allowed", message, headers={"Allow": str(route.method)})
        return route.endpoint()(request, service, facts), facts
    except Exception as failure:
        facts.error = failure_name(failure)
        return _error_answer(api_error(failure), name, request), facts


def _as_with_a_key(request: Request) -> Request:
    """A request that API Gateway has authenticated with IAM, as if it had a key. Raises ApiError 400.

    IAM policies name the alias by the path. AWS does not say whether they are compared with the path as it was sent or
    as it was decoded, so a path that differs between the two is refused: no alias needs an encoded character.
    """
    sent = request.public_path or request.path
    if "%" in sent or not sent.endswith(request.path):
        raise ApiError(400, "invalid_path", "the path of a signed request must name the alias as it is, without %XX")
    return request._replace(path=request.path.removeprefix(IAM_PREFIX))


def _asks_for_arns(request: Request, service: Service) -> bool:
    """Raises ApiError 403 if they are not for callers: they have the id of the account."""
    if request.headers.get(ARNS, "").strip().lower() != "true":
        return False
    if not service.settings.show_arns:
        message = f"{ARNS} is not allowed; leave it out, or set show_arns = true in [inference_api] and deploy"
        raise ApiError(403, "arns_not_allowed", message, param=ARNS)
    return True


def _name(path: str) -> str:
    path = path.rstrip("/") or "/"
    if path.startswith(BEDROCK):
        return f"{BEDROCK}{{alias}}/{path.rpartition('/')[2]}"
    if path.startswith(AGENTS):
        return f"{AGENTS}{{agent}}/{path.removeprefix(AGENTS).partition('/')[2]}"
    if stored := stored_name(path):
        return stored
    return f"{MODELS}/{{model}}" if path.startswith(f"{MODELS}/") else path


def _error_answer(error: ApiError, name: str, request: Request) -> Answer:
    """In the dialect of the path; of the client where the path has none."""
    shared = name not in ROUTES or name.startswith(MODELS)
    if name.startswith(MESSAGES) or (shared and endpoints.is_anthropic(request)):
        from inference_api.anthropic_messages import errors as anthropic_errors

        return anthropic_errors.error_answer(error, request)
    if name.startswith(BEDROCK):
        from inference_api.bedrock_converse import errors as bedrock_errors

        return bedrock_errors.error_answer(error)
    from inference_api import openai_errors

    return openai_errors.error_answer(error)


ROUTES: dict[str, Route] = {
    "/health": Route("GET", endpoints.health),
    DESCRIPTION: Route("GET", endpoints.description),
    MODELS: Route("GET", endpoints.models),
    f"{MODELS}/{{model}}": Route("GET", endpoints.model),
    "/v1/chat/completions": Route("POST", endpoints.chat),
    MESSAGES: Route("POST", endpoints.messages),
    f"{MESSAGES}/count_tokens": Route("POST", endpoints.count_tokens),
    "/v1/responses": Route("POST", endpoints.responses),
    **{
        name: Route(
            None, endpoints.stored_response if name.startswith(RESPONSES) else endpoints.stored_completion, methods
        )
        for name, methods in STORED.items()
    },
    "/v1/embeddings": Route("POST", endpoints.embeddings),
    "/v1/retrieve": Route("POST", endpoints.retrieve),
    "/v1/retrieve-and-generate": Route("POST", endpoints.retrieve_and_generate),
    f"{AGENTS}{{agent}}/invoke": Route("POST", endpoints.agent),
    f"{BEDROCK}{{alias}}/converse": Route("POST", endpoints.converse),
    f"{BEDROCK}{{alias}}/converse-stream": Route("POST", endpoints.converse_stream),
    f"{BEDROCK}{{alias}}/invoke": Route("POST", endpoints.invoke),
    f"{BEDROCK}{{alias}}/invoke-with-response-stream": Route("POST", endpoints.invoke_stream),
}
