"""POST /model/ALIAS/converse and /model/ALIAS/converse-stream."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing

from inference_api import conversation
from inference_api.aws.client import SILENCE, Event
from inference_api.aws.event_stream import encoded_frame
from inference_api.bedrock_converse.errors import error_frame
from inference_api.bedrock_converse.request import turn_of
from inference_api.conversation import Turn
from inference_api.errors import api_error
from inference_api.http_messages import Answer, Facts, Request, json_answer
from inference_api.paths import BEDROCK
from inference_api.service import Service

EVENT_STREAM = "application/vnd.amazon.eventstream"
# AWS SDKs pass over events that their version does not know. Without any, boto3 gives up after 60 seconds.
_KEEP_ALIVE = "keepAlive"


def converse(request: Request, service: Service, facts: Facts) -> Answer:
    """The response of Bedrock as it is. Raises ApiError, AwsError or OSError."""
    served = conversation.converse(_turn(request, service), service, facts)
    return json_answer(200, served.answer, facts.headers)


def converse_stream(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first event is there."""
    served = conversation.converse_stream(_turn(request, service), service, facts)
    return Answer(200, {"Content-Type": EVENT_STREAM, **facts.headers}, frames(served.answer))


def frames(events: Generator[Event, None, None]) -> Generator[bytes, None, None]:
    """The events as Bedrock sends them. An error after the first one is an exception of the stream."""
    try:
        with closing(events):
            for event in events:
                yield _frame(_KEEP_ALIVE if event is SILENCE else event.name, event.value)
    except Exception as failure:
        yield error_frame(api_error(failure))


def _frame(name: str, value: object) -> bytes:
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return encoded_frame(headers, json.dumps(value).encode())


def _turn(request: Request, service: Service) -> Turn:
    alias = request.path.rstrip("/").removeprefix(BEDROCK).rpartition("/")[0]  # a model's ARN would have slashes
    return turn_of(alias, request.json(), service.settings.media_buckets)
