"""POST /v1/responses. Responses are not kept: what would read, continue or delete one is told so (openai_stored.py)."""

from __future__ import annotations

from inference_api.http_messages import Answer, Facts, Request, event_answer, json_answer
from inference_api.openai_responses.answer import Envelope, response
from inference_api.openai_responses.request import ResponsesRequest, responses_request
from inference_api.openai_responses.stream import streamed
from inference_api.searched_answers import converse, converse_stream
from inference_api.service import Service


def responses(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first part of the answer is there."""
    question = responses_request(request.json())
    if question.stream:
        stream = converse_stream(question.turn, question.search, service, facts)
        return event_answer(streamed(stream.answer, _envelope(question, service, facts), facts), facts.headers)
    served = converse(question.turn, question.search, service, facts)
    return json_answer(200, response(served.answer, _envelope(question, service, facts)), facts.headers)


def _envelope(question: ResponsesRequest, service: Service, facts: Facts) -> Envelope:
    return Envelope(
        id=service.new_id(),
        created=int(service.clock()),
        alias=question.turn.alias,
        fingerprint=facts.fingerprint,
        served_by=facts.shown_served_by,
        settings=question.settings,
        tool_names=question.turn.tool_names,
        summary=question.summary,
        one_tool_call=question.one_tool_call,
        results=question.results,
    )
