"""Runs the function instead of Lambda's Python runtime, which cannot stream a response.

Lambda starts it through AWS_LAMBDA_EXEC_WRAPPER (the file `bootstrap`).
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

_API = "/2018-06-01/runtime"
_METADATA_END = b"\0" * 8
_ERROR_TYPE, _ERROR_BODY = "Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"


class StreamedResponse(NamedTuple):
    """The response of a handler: `body` is sent piece by piece, each when the iterator has it."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


class Invocation(NamedTuple):
    """`deadline`: when Lambda ends the function, in seconds since 1970."""

    event: dict[str, Any]
    aws_request_id: str
    deadline: float


Handler = Callable[[dict[str, Any], Invocation], StreamedResponse]


class RuntimeApi:
    """`address`: host and port of the Runtime API, as Lambda sets AWS_LAMBDA_RUNTIME_API."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def next(self) -> Invocation:
        """The next invocation; waits for it. Lambda may freeze the process meanwhile."""
        self._connection.request("GET", f"{_API}/invocation/next")
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise SystemExit(f"the Runtime API answers {response.status}")
        return Invocation(
            event=json.loads(content),
            aws_request_id=response.headers["Lambda-Runtime-Aws-Request-Id"],
            deadline=int(response.headers["Lambda-Runtime-Deadline-Ms"]) / 1000,
        )

    def respond(self, invocation: Invocation, response: StreamedResponse) -> None:
        """Send `response` while its body is made. If that fails, the trailers say so and the client sees a cut."""
        connection = self._connection
        connection.putrequest("POST", f"{_API}/invocation/{invocation.aws_request_id}/response")
        connection.putheader("Lambda-Runtime-Function-Response-Mode", "streaming")
        connection.putheader("Content-Type", "application/vnd.awslambda.http-integration-response")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.putheader("Trailer", f"{_ERROR_TYPE}, {_ERROR_BODY}")
        connection.endheaders()
        metadata = json.dumps({"statusCode": response.status, "headers": dict(response.headers)}).encode()
        trailers = b""
        self._send(metadata + _METADATA_END)
        try:
            for piece in response.body:
                if piece:
                    self._send(piece)
        except OSError:
            raise  # the Runtime API has closed the connection
        except Exception as error:
            traceback.print_exc()
            body = base64.b64encode(_description(error)).decode()
            trailers = f"{_ERROR_TYPE}: {type(error).__name__}\r\n{_ERROR_BODY}: {body}\r\n".encode()
        connection.send(b"0\r\n" + trailers + b"\r\n")
        connection.getresponse().read()

    def fail(self, path: str, error: BaseException) -> None:
        """Report an error in place of a response."""
        traceback.print_exception(error)
        headers = {_ERROR_TYPE: type(error).__name__}
        self._connection.request("POST", f"{_API}/{path}/error", body=_description(error), headers=headers)
        self._connection.getresponse().read()

    def _send(self, piece: bytes) -> None:
        self._connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))


def main() -> None:
    runtime = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler: Handler = getattr(import_module(module), name)
    except Exception as error:
        runtime.fail("init", error)
        sys.exit(1)
    while True:
        serve(runtime, handler)


def serve(runtime: RuntimeApi, handler: Handler) -> None:
    """Answer one invocation."""
    invocation = runtime.next()
    try:
        response = handler(invocation.event, invocation)
    except Exception as error:
        runtime.fail(f"invocation/{invocation.aws_request_id}", error)
        return
    runtime.respond(invocation, response)


def _description(error: BaseException) -> bytes:
    return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}).encode()


if __name__ == "__main__":
    main()
