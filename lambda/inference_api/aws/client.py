"""Calls AWS services that stream their responses, or whose bodies are not ours to read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from inference_api.aws.connections import Response
from inference_api.aws.errors import AwsError, fields_of
from inference_api.aws.json_client import JSON, JsonClient
from inference_api.aws.urls import percent_encoded


class Event(NamedTuple):
    """An event of a streamed response: its `name` (`contentBlockDelta`) and its fields."""

    name: str
    value: dict[str, Any]


SILENCE = Event("", {})


class Reply(NamedTuple):
    """A response as it came. `headers` has lower-case names."""

    headers: Mapping[str, str]
    body: bytes


class Client(JsonClient):
    """A JsonClient that also streams, and passes bodies on as they are."""

    def stream(
        self, path: str, fields: Mapping[str, Any], *, read_seconds: float, quiet_seconds: float
    ) -> Generator[Event, None, None]:
        """The events of a streamed response, and SILENCE after each `quiet_seconds` without one.

        Sends the request before it returns: raises as `call` does if the service answers with an error. While the
        events are read, raises AwsError for an error event, OSError if the stream breaks or is silent for
        `read_seconds`. Closing the generator closes the connection.
        """
        _, events = self.stream_with_headers(path, fields, read_seconds=read_seconds, quiet_seconds=quiet_seconds)
        return events

    def stream_with_headers(
        self, path: str, fields: Mapping[str, Any], *, read_seconds: float, quiet_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        """As `stream`, with the response's headers, whose names are lower-case."""
        response = self._post(path, fields, read_seconds, "")
        return response.headers, _events(response, read_seconds, quiet_seconds)

    def pass_on(self, path: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float) -> Reply:
        """The response to a POST of `body` as it is. `headers` has lower-case names. Raises as `call` does."""
        return self._reply(self._sent(path, body, headers, read_seconds), read_seconds)

    def pass_on_stream(
        self, path: str, body: bytes, headers: Mapping[str, str], *, read_seconds: float, quiet_seconds: float
    ) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        """The headers of the response to a POST of `body` as it is, and what `stream` returns."""
        response = self._response(self._sent(path, body, headers, read_seconds), read_seconds)
        return response.headers, _events(response, read_seconds, quiet_seconds)

    def pass_on_all(self, path: str, bodies: Sequence[bytes], *, read_seconds: float) -> list[Reply | Exception]:
        """What `pass_on` returns or raises for each of `bodies`, which the service works on at the same time.

        Each is on a connection of its own: all are sent before the first response is read. They take `read_seconds`
        together.
        """
        end = time.monotonic() + read_seconds
        sent = [_or_error(self._sent, path, body, {"content-type": JSON}, read_seconds) for body in bodies]
        replies = []
        for one in sent:
            left = max(end - time.monotonic(), 0.01)
            replies.append(one if isinstance(one, Exception) else _or_error(self._reply, one, left))
        return replies

    def _reply(self, connection: Any, read_seconds: float) -> Reply:
        response = self._response(connection, read_seconds)
        return Reply(response.headers, response.read(read_seconds=read_seconds))


@cache
def client(endpoint: str, signing_name: str | None = None) -> Client:
    """One client for each service and process."""
    return Client(endpoint, signing_name=signing_name)


def label(value: str) -> str:
    """`value` as one segment of a path."""
    return percent_encoded(value)


def _or_error(function: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception as error:
        return error


def _events(response: Response, read_seconds: float, quiet_seconds: float) -> Generator[Event, None, None]:
    from inference_api.aws.event_stream import FrameDecoder  # a cold start without a stream does without it

    decoder = FrameDecoder()
    for piece in response.pieces(quiet_seconds=quiet_seconds, read_seconds=read_seconds):
        if not piece:
            yield SILENCE
        for headers, payload in decoder.feed(piece):
            if headers.get(":message-type") != "event":
                raise _stream_error(headers, payload)
            yield Event(headers.get(":event-type", ""), json.loads(payload.decode()))
    decoder.end()


def _stream_error(headers: Mapping[str, str], payload: bytes) -> AwsError:
    if headers.get(":message-type") == "exception":
        value = fields_of(payload)
        code = headers.get(":exception-type", "")
        # An exception of a stream is a member of it, and members begin with a small letter.
        return AwsError(code[:1].upper() + code[1:], str(value.get("message", "")), status=_stream_status(value))
    code = headers.get(":error-code", "InternalServerException")
    return AwsError(code, headers.get(":error-message", ""), status=500)


def _stream_status(value: Mapping[str, Any]) -> int:
    status = value.get("originalStatusCode")
    return status if isinstance(status, int) else 200
