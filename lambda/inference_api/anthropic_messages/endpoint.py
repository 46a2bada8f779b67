"""POST /v1/messages and /v1/messages/count_tokens."""

from __future__ import annotations

from inference_api.anthropic_messages.answer import Form, message
from inference_api.anthropic_messages.counting import counted
from inference_api.anthropic_messages.errors import headers_of
from inference_api.anthropic_messages.request import MessagesRequest, count_request, messages_request
from inference_api.anthropic_messages.stream import events_of
from inference_api.conversation import converse, converse_stream
from inference_api.http_messages import Answer, Facts, Request, event_answer, json_answer
from inference_api.service import Service


def create(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first part of the answer is there."""
    question = messages_request(request.json(), request.headers)
    if question.stream:
        streamed = converse_stream(question.turn, service, facts)
        form = _form(question, service, facts)
        events = events_of(streamed.answer, form, request_id=request.id, facts=facts)
        return event_answer(events, {**facts.headers, **headers_of(request)})
    served = converse(question.turn, service, facts)
    value = message(served.answer, _form(question, service, facts))
    return json_answer(200, value, {**facts.headers, **headers_of(request)})


def count_tokens(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError."""
    turn = count_request(request.json(), request.headers)
    return json_answer(200, {"input_tokens": counted(turn, service, facts)}, headers_of(request))


def _form(question: MessagesRequest, service: Service, facts: Facts) -> Form:
    return Form(
        id=service.new_id(),
        alias=question.turn.alias,
        fingerprint=facts.fingerprint,
        served_by=facts.shown_served_by,
        tool_names=question.turn.tool_names,
        one_tool_call=question.one_tool_call,
        stop_sequences=question.stop_sequences,
    )
