"""The endpoint of each route, imported by the first request that asks for it: a cold start pays for one dialect.

tests/inference_api/test_endpoints.py imports each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from inference_api.http_messages import Answer, Facts, Request, json_answer
from inference_api.paths import ANTHROPIC_VERSION, MODELS

if TYPE_CHECKING:
    from inference_api.service import Service

    Endpoint = Callable[[Request, Service, Facts], Answer]


def health() -> Endpoint:
    return lambda request, service, facts: json_answer(200, {"status": "ok"})


def description() -> Endpoint:
    from inference_api.description import description

    return lambda request, service, facts: description(request)


def models() -> Endpoint:
    return _models


def model() -> Endpoint:
    return _model


def chat() -> Endpoint:
    from inference_api.openai_chat.endpoint import chat

    return chat


def responses() -> Endpoint:
    from inference_api.openai_responses.endpoint import responses

    return responses


def stored_response() -> Endpoint:
    from inference_api.openai_stored import stored_response

    return stored_response


def stored_completion() -> Endpoint:
    from inference_api.openai_stored import stored_completion

    return stored_completion


def embeddings() -> Endpoint:
    from inference_api.openai_embeddings.endpoint import embeddings

    return embeddings


def messages() -> Endpoint:
    from inference_api.anthropic_messages.endpoint import create

    return create


def count_tokens() -> Endpoint:
    from inference_api.anthropic_messages.endpoint import count_tokens

    return count_tokens


def retrieve() -> Endpoint:
    from inference_api.retrieval import retrieve

    return retrieve


def retrieve_and_generate() -> Endpoint:
    from inference_api.grounded_answers import retrieve_and_generate

    return retrieve_and_generate


def agent() -> Endpoint:
    from inference_api.agents.endpoint import invoke

    return invoke


def converse() -> Endpoint:
    from inference_api.bedrock_converse.endpoint import converse

    return converse


def converse_stream() -> Endpoint:
    from inference_api.bedrock_converse.endpoint import converse_stream

    return converse_stream


def invoke() -> Endpoint:
    from inference_api.bedrock_converse.invoke_model import invoke

    return invoke


def invoke_stream() -> Endpoint:
    from inference_api.bedrock_converse.invoke_model import invoke_with_response_stream

    return invoke_with_response_stream


def is_anthropic(request: Request) -> bool:
    """Tells the dialect where the path does not."""
    return ANTHROPIC_VERSION in request.headers


def _models(request: Request, service: Service, facts: Facts) -> Answer:
    from inference_api import models
    from inference_api.anthropic_messages import models as anthropic_models

    if is_anthropic(request):
        return anthropic_models.list_models(service.settings, request)
    return models.list_models(service.settings)


def _model(request: Request, service: Service, facts: Facts) -> Answer:
    from inference_api import models
    from inference_api.anthropic_messages import models as anthropic_models

    alias = request.path.rstrip("/").removeprefix(f"{MODELS}/")
    if is_anthropic(request):
        return anthropic_models.get_model(service.settings, alias, request)
    return models.get_model(service.settings, alias)
