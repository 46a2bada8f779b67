"""Answers that OpenAI stores, and that its clients list, read, change and delete: this API stores none, and says so.

https://platform.openai.com/docs/api-reference/responses and .../chat (get, update, delete, cancel, list)
"""

from __future__ import annotations

from inference_api.errors import ApiError
from inference_api.http_messages import Answer, Facts, Request
from inference_api.paths import RESPONSES
from inference_api.service import Service

_NO_ANSWERS = ("input_tokens", "compact")  # POST /v1/responses/...: not about a stored one


def stored_response(request: Request, service: Service, facts: Facts) -> Answer:
    """Always raises ApiError 404."""
    if request.method == "POST" and request.path.removeprefix(RESPONSES) in _NO_ANSWERS:
        message = "this API does not have it; POST /v1/messages/count_tokens counts the tokens of a prompt"
        raise ApiError(404, "not_found", message)
    message = (
        "there is no such response: this API keeps none, so it can neither return, cancel nor delete one. Keep what "
        "POST /v1/responses returns, and send the whole conversation as input"
    )
    raise ApiError(404, "response_not_found", message)


def stored_completion(request: Request, service: Service, facts: Facts) -> Answer:
    """Always raises ApiError 404."""
    message = (
        "there is no such chat completion: this API keeps none, so it can neither return, change nor delete one. Keep "
        "what POST /v1/chat/completions returns, and send the whole conversation as messages"
    )
    raise ApiError(404, "completion_not_found", message)
