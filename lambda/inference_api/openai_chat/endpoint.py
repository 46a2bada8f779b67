"""POST /v1/chat/completions."""

from __future__ import annotations

from inference_api.http_messages import Answer, Facts, Request, event_answer, json_answer
from inference_api.openai_chat.answer import Envelope, chunks, completion
from inference_api.openai_chat.request import chat_request
from inference_api.searched_answers import converse, converse_stream
from inference_api.service import Service


def chat(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first part of the answer is there."""
    question = chat_request(request.json())
    if question.stream:
        streamed = converse_stream(question.turn, question.search, service, facts)
        events = chunks(
            streamed.answer,
            _envelope(question.turn.alias, service, facts),
            include_usage=question.include_usage,
            tool_names=question.turn.tool_names,
            one_tool_call=question.one_tool_call,
            facts=facts,
        )
        return event_answer(events, facts.headers)
    served = converse(question.turn, question.search, service, facts)
    envelope = _envelope(question.turn.alias, service, facts)
    value = completion(
        served.answer,
        envelope,
        tool_names=question.turn.tool_names,
        one_tool_call=question.one_tool_call,
    )
    return json_answer(200, value, facts.headers)


def _envelope(alias: str, service: Service, facts: Facts) -> Envelope:
    return Envelope(
        id=service.new_id(),
        created=int(service.clock()),
        alias=alias,
        fingerprint=facts.fingerprint,
        served_by=facts.shown_served_by,
    )
