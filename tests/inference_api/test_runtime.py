"""The runtime loop against a server in place of Lambda's Runtime API: what is on the wire, who learns of errors."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Any

import pytest

from inference_api import runtime
from inference_api.runtime import Invocation, RuntimeApi, StreamedResponse, serve
from tests.inference_api.peer import HANG_UP, Peer, sized

INVOCATION = sized(
    b'{"path": "/health"}',
    "Lambda-Runtime-Aws-Request-Id: r-1",
    "Lambda-Runtime-Deadline-Ms: 1700000000500",
    "Lambda-Runtime-Trace-Id: Root=1",
)
ACCEPTED = sized(b'{"status":"OK"}', status=202)
HEAD_END = b"\r\n\r\n"


@pytest.fixture
def api() -> Iterator[Peer]:
    with Peer() as made:
        yield made


class Body:
    """The pieces of a body, and what became of it. An exception among them is raised."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.sent = 0
        self.ended = ""
        self.pieces = self._run(pieces)

    def _run(self, pieces: tuple[bytes | Exception, ...]) -> Generator[bytes, None, None]:
        try:
            for piece in pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                self.sent += 1
            self.ended = "whole"
        except GeneratorExit:
            self.ended = "closed"
            raise


def served(api: Peer, body: Body, *, answer: Any = (ACCEPTED,)) -> bytes:
    """What the Runtime API receives as the response."""
    api.expect([[INVOCATION], answer])
    seen: list[Invocation] = []

    def handler(event: dict[str, Any], invocation: Invocation) -> StreamedResponse:
        seen.append(invocation)
        return StreamedResponse(200, {"x-a": "b"}, body.pieces)

    serve(RuntimeApi(api.address), handler)
    assert seen == [Invocation({"path": "/health"}, "r-1", 1700000000.5)]
    return api.requests[-1]


def test_a_streamed_response_on_the_wire(api: Peer) -> None:
    request = served(api, Body(b"data: 1\n\n", b"", b"data: 2\n\n"))

    head, _, body = request.partition(HEAD_END)
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /2018-06-01/runtime/invocation/r-1/response http/1.1"
    assert {
        "lambda-runtime-function-response-mode: streaming",
        "content-type: application/vnd.awslambda.http-integration-response",
        "transfer-encoding: chunked",
        "trailer: lambda-runtime-function-error-type, lambda-runtime-function-error-body",
    } <= {*lines}
    metadata = b'{"statusCode": 200, "headers": {"x-a": "b"}}' + b"\0" * 8
    chunks = [metadata, b"data: 1\n\n", b"data: 2\n\n"]
    assert body == b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


@pytest.mark.parametrize("error", [ValueError("broken"), ConnectionError("lost Bedrock")])
def test_an_error_of_the_body_is_in_the_trailers(
    api: Peer, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    request = served(api, Body(b"data: 1\n\n", error))

    end = request.partition(b"data: 1\n\n\r\n")[2].decode().split("\r\n")
    assert end[:2] == ["0", f"Lambda-Runtime-Function-Error-Type: {type(error).__name__}"]
    name, _, encoded = end[2].partition(": ")
    assert name == "Lambda-Runtime-Function-Error-Body"
    assert json.loads(base64.b64decode(encoded)) == {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": [],
    }
    assert end[3:] == ["", ""]
    assert "Traceback" in capsys.readouterr().err


def test_the_body_is_closed_if_nobody_takes_it(api: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    body = Body(*[b"x" * 65_536] * 1_000)

    served(api, body, answer=[HANG_UP])

    assert body.ended == "closed"
    assert body.sent < 1_000
    assert "Error" in capsys.readouterr().err


def test_the_loop_goes_on_after_a_lost_response(api: Peer) -> None:
    api.expect([[INVOCATION], [HANG_UP], [INVOCATION], [ACCEPTED]])
    loop = RuntimeApi(api.address)
    first, second = Body(*[b"x" * 65_536] * 1_000), Body(b"2")

    for body in (first, second):
        serve(loop, lambda event, invocation, body=body: StreamedResponse(200, {}, body.pieces))  # type: ignore[misc]

    assert (first.ended, second.ended) == ("closed", "whole")


def test_one_connection_serves_many_invocations(api: Peer) -> None:
    api.expect([[INVOCATION], [ACCEPTED]] * 3)
    loop = RuntimeApi(api.address)

    for _ in range(3):
        serve(loop, lambda event, invocation: StreamedResponse(200, {}, Body(b"1").pieces))

    assert (api.connections, len(api.requests)) == (1, 6)


def refuse(event: dict[str, Any], invocation: Invocation) -> StreamedResponse:
    raise ValueError("no")


def test_an_error_of_the_handler(api: Peer, capsys: pytest.CaptureFixture[str]) -> None:
    api.expect([[INVOCATION], [ACCEPTED]])

    serve(RuntimeApi(api.address), refuse)

    head, _, body = api.requests[-1].partition(HEAD_END)
    assert head.startswith(b"POST /2018-06-01/runtime/invocation/r-1/error HTTP/1.1\r\n")
    assert b"Lambda-Runtime-Function-Error-Type: ValueError" in head
    assert json.loads(body) == {"errorType": "ValueError", "errorMessage": "no", "stackTrace": []}
    assert "ValueError: no" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no_such_module.handler", "planted.no_such_name", "planted"])
def test_an_error_of_the_start(api: Peer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "planted", ModuleType("planted"))
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", api.address)
    monkeypatch.setenv("_HANDLER", name)
    api.expect([[ACCEPTED]])

    with pytest.raises(SystemExit) as raised:
        runtime.main()

    assert raised.value.code == 1
    assert api.requests[-1].startswith(b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\n")


def test_the_loop_ends_if_the_runtime_api_refuses(api: Peer) -> None:
    api.expect([[sized(b"{}", status=500)]])

    with pytest.raises(SystemExit, match="500"):
        serve(RuntimeApi(api.address), refuse)
