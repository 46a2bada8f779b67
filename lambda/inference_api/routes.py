"""The routes of the API: request -> status, headers and an iterator of bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inference_api.aliases import Aliases, Target, knowledge_base_target
from inference_api.chat_completions import body_of, chunks_of, completion, converse_request
from inference_api.clients import Clients
from inference_api.errors import ApiError, api_error, failure_name
from inference_api.fallback import READ_SECONDS, Fallback, Served
from inference_api.fields import invalid, text
from inference_api.http_messages import Answer, Facts, Request, json_answer
from inference_api.models import get_model, list_models
from inference_api.retrieval import question_of, retrieve, retrieve_and_generate
from kit_contract.inference_api import Settings

MODELS = "/v1/models"


@dataclass(frozen=True)
class Service:
    """What the endpoints work with. `clock`: seconds since 1970. `new_id`: a new completion id."""

    settings: Settings
    clients: Clients
    aliases: Aliases
    fallback: Fallback
    clock: Callable[[], float]
    new_id: Callable[[], str]


Endpoint = Callable[[Request, Service, Facts], Answer]


def respond(request: Request, service: Service) -> tuple[Answer, Facts]:
    """The response, also for errors, and the facts for the log."""
    facts = Facts()
    try:
        return _endpoint(request, facts)(request, service, facts), facts
    except Exception as failure:
        error = api_error(failure)
        facts.error = error.code if failure is error and not error.__cause__ else failure_name(failure)
        return json_answer(error.status, error.body, error.headers), facts


def _endpoint(request: Request, facts: Facts) -> Endpoint:
    path = request.path.rstrip("/") or "/"
    route = f"{MODELS}/{{model}}" if path.startswith(f"{MODELS}/") else path
    if route not in _ROUTES:
        known = ", ".join(sorted(_ROUTES))
        raise ApiError(404, "not_found", f"there is no such path; the paths are {known}")
    facts.route = route
    method, endpoint = _ROUTES[route]
    if request.method != method:
        message = f"{route} accepts {method}, got {request.method}"
        raise ApiError(405, "method_not_allowed", message, headers={"Allow": method})
    return endpoint


def _health(request: Request, service: Service, facts: Facts) -> Answer:
    return json_answer(200, {"status": "ok"})


def _models(request: Request, service: Service, facts: Facts) -> Answer:
    return list_models(service.settings)


def _model(request: Request, service: Service, facts: Facts) -> Answer:
    return get_model(service.settings, request.path.rstrip("/").removeprefix(f"{MODELS}/"))


def _chat(request: Request, service: Service, facts: Facts) -> Answer:
    deadline = service.fallback.deadline()
    body = request.json()
    alias = text(body, "model")
    targets = _resolve(alias, service, facts)
    if body.get("stream") not in (None, True, False):
        raise invalid("stream", "stream must be true or false")
    arguments = converse_request(body)

    def converse(target: Target, read_seconds: int) -> Any:
        return service.clients.bedrock_runtime(read_seconds).converse(modelId=target.invoke_id, **arguments)

    served = service.fallback.ask(targets, converse, deadline=deadline, attempts=facts.attempts)
    facts.served_by = _served_by(alias, served)
    answer = completion(
        served.answer,
        completion_id=service.new_id(),
        created=int(service.clock()),
        alias=alias,
        served_by=facts.served_by,
    )
    facts.usage = {name: answer.usage[name] for name in ("prompt_tokens", "completion_tokens")}
    headers = _headers(served)
    if not body.get("stream"):
        return json_answer(200, body_of(answer), headers)
    options = body.get("stream_options")
    include_usage = isinstance(options, dict) and options.get("include_usage") is True
    events = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", **headers}
    return Answer(200, events, chunks_of(answer, include_usage=include_usage))


def _retrieve(request: Request, service: Service, facts: Facts) -> Answer:
    client = service.clients.agent_runtime(READ_SECONDS[0])
    return json_answer(200, retrieve(request.json(), service.settings, client))


def _retrieve_and_generate(request: Request, service: Service, facts: Facts) -> Answer:
    deadline = service.fallback.deadline()
    body = request.json()
    alias = None if body.get("model") is None else text(body, "model")
    targets = _resolve(alias, service, facts) if alias else (knowledge_base_target(service.settings),)
    question = question_of(body, service.settings)

    def generate(target: Target, read_seconds: int) -> dict[str, Any]:
        return retrieve_and_generate(question, target, service.clients.agent_runtime(read_seconds))

    served = service.fallback.ask(targets, generate, deadline=deadline, attempts=facts.attempts)
    facts.served_by = _served_by(alias, served)
    value = served.answer | {"model": alias or served.target.invoke_id, "served_by": facts.served_by}
    return json_answer(200, value, _headers(served))


def _resolve(alias: str, service: Service, facts: Facts) -> tuple[Target, ...]:
    targets = service.aliases.resolve(alias)
    facts.alias = alias
    return targets


def _served_by(alias: str | None, served: Served[Any]) -> dict[str, Any]:
    target = served.target
    return {"alias": alias, "target": target.invoke_id, "kind": target.kind, "attempts": served.attempts}


def _headers(served: Served[Any]) -> dict[str, str]:
    """Repeats `served_by` for clients that hide unknown fields of the body."""
    return {
        "x-bedrock-model": served.target.invoke_id,
        "x-bedrock-kit-served-by": served.target.kind,
        "x-bedrock-kit-attempts": str(served.attempts),
    }


_ROUTES: dict[str, tuple[str, Endpoint]] = {
    "/health": ("GET", _health),
    MODELS: ("GET", _models),
    f"{MODELS}/{{model}}": ("GET", _model),
    "/v1/chat/completions": ("POST", _chat),
    "/v1/retrieve": ("POST", _retrieve),
    "/v1/retrieve-and-generate": ("POST", _retrieve_and_generate),
}
