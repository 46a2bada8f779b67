"""Sends the events of a model's stream one after the other, as a model writes."""

import asyncio
import struct
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.core.responses import StreamingResponse

from local_aws.extension.bedrock.clock import scale
from local_aws.extension.bedrock.responses import Response

EVENT_SECONDS = 0.1
STREAMS = ("/converse-stream", "/invoke-with-response-stream")
# False for a caller within the embedded AWS that has a pace of its own.
PACED: ContextVar[bool] = ContextVar("paced", default=True)


def paced(path: str, response: Response) -> Response:
    """`response` with a body that takes EVENT_SECONDS of Bedrock's clock for each event, if it is a stream's."""
    status, headers, body = response
    if status != 200 or not path.endswith(STREAMS) or not isinstance(body, bytes) or not PACED.get():
        return response

    async def run(send: Any, receive: Any) -> None:
        for number, frame in enumerate(_frames(body)):
            await asyncio.sleep(EVENT_SECONDS * scale() if number else 0)
            await send({"type": "http.response.body", "body": frame, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    return status, kept, StreamingResponse(run)


def _frames(body: bytes) -> Iterator[bytes]:
    """The frames of an event stream: each begins with its own length."""
    start = 0
    while start < len(body):
        (length,) = struct.unpack_from("!I", body, start)
        yield body[start : start + length]
        start += length
