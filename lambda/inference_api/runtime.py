"""Runs the function instead of Lambda's Python runtime, which cannot stream a response.

Lambda starts it through AWS_LAMBDA_EXEC_WRAPPER (the file `bootstrap`).
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

from __future__ import annotations

import base64
import gc
import json
import os
import sys
from collections.abc import Callable, Generator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from inference_api.aws.connections import Connections, request_head

_API = "/2018-06-01/runtime"
_METADATA_END = b"\0" * 8
_READ_SECONDS = 60.0
_ERROR_TYPE, _ERROR_BODY = "Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"


class StreamedResponse(NamedTuple):
    """The response of a handler: `body` is sent piece by piece, each when the iterator has it."""

    status: int
    headers: Mapping[str, str]
    body: Generator[bytes, None, None]


class Invocation(NamedTuple):
    """`deadline`: when Lambda ends the function, in seconds since 1970."""

    event: dict[str, Any]
    aws_request_id: str
    deadline: float


Handler = Callable[[dict[str, Any], Invocation], StreamedResponse]


class RuntimeApi:
    """`address`: host and port of the Runtime API, as Lambda sets AWS_LAMBDA_RUNTIME_API."""

    def __init__(self, address: str) -> None:
        self._connections = Connections(f"http://{address}")

    def next(self) -> Invocation:
        """The next invocation; waits for it. Lambda may freeze the process meanwhile."""
        host = {"host": self._connections.host}
        response = self._connections.request("GET", f"{_API}/invocation/next", host, b"", read_seconds=None)
        content = response.read(read_seconds=_READ_SECONDS)
        if response.status != 200:
            raise SystemExit(f"the Runtime API answers {response.status}")
        return Invocation(
            event=json.loads(content),
            aws_request_id=response.headers["lambda-runtime-aws-request-id"],
            deadline=int(response.headers["lambda-runtime-deadline-ms"]) / 1000,
        )

    def respond(self, invocation: Invocation, response: StreamedResponse) -> None:
        """Send `response` while its body is made. If that fails, the trailers say so and the client sees a cut.

        Raises OSError if the Runtime API closes the connection.
        """
        headers = {
            "host": self._connections.host,
            "lambda-runtime-function-response-mode": "streaming",
            "content-type": "application/vnd.awslambda.http-integration-response",
            "transfer-encoding": "chunked",
            "trailer": f"{_ERROR_TYPE}, {_ERROR_BODY}",
        }
        path = f"{_API}/invocation/{invocation.aws_request_id}/response"
        metadata = json.dumps({"statusCode": response.status, "headers": dict(response.headers)}).encode()
        connection = self._connections.connected()
        connection.settimeout(_READ_SECONDS)
        try:
            connection.sendall(request_head("POST", path, headers) + _chunk(metadata + _METADATA_END))
            for part in _parts(response.body):
                connection.sendall(part)
            self._connections.response(connection).read(read_seconds=_READ_SECONDS)
        except BaseException:
            connection.close()
            raise

    def fail(self, path: str, error: BaseException) -> None:
        """Report an error in place of a response."""
        _print(error)
        headers = {"host": self._connections.host, _ERROR_TYPE: type(error).__name__}
        url = f"{_API}/{path}/error"
        response = self._connections.request("POST", url, headers, _description(error), read_seconds=_READ_SECONDS)
        response.read(read_seconds=_READ_SECONDS)


def main() -> None:
    runtime = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = handler_named(os.environ["_HANDLER"])
    except Exception as error:
        runtime.fail("init", error)
        sys.exit(1)
    while True:
        serve(runtime, handler)


def handler_named(path: str) -> Handler:
    """Imports it without garbage collection: modules are no garbage, and looking for some takes a tenth of the time."""
    module, _, name = path.rpartition(".")
    gc.disable()
    try:
        handler: Handler = getattr(import_module(module), name)
    finally:
        gc.freeze()  # no later collection looks at them either
        gc.enable()
    return handler


def serve(runtime: RuntimeApi, handler: Handler) -> None:
    """Answer one invocation."""
    invocation = runtime.next()
    try:
        response = handler(invocation.event, invocation)
    except Exception as error:
        runtime.fail(f"invocation/{invocation.aws_request_id}", error)
        return
    try:
        runtime.respond(invocation, response)
    except OSError as error:
        _print(error)
    finally:
        response.body.close()  # ends the call of Bedrock too, if nobody takes its answer any more


def _parts(body: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """The pieces of `body` as chunks, then what ends them: with trailers if the body fails."""
    trailers = b""
    try:
        for piece in body:
            yield _chunk(piece)
    except Exception as error:
        _print(error)
        trailers = _trailers(error)
    yield b"0\r\n" + trailers + b"\r\n"


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


def _trailers(error: BaseException) -> bytes:
    body = base64.b64encode(_description(error)).decode()
    return f"{_ERROR_TYPE}: {type(error).__name__}\r\n{_ERROR_BODY}: {body}\r\n".encode()


def _description(error: BaseException) -> bytes:
    return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}).encode()


def _print(error: BaseException) -> None:
    import traceback  # a cold start without errors does without it

    traceback.print_exception(error)


if __name__ == "__main__":
    main()
