"""Streamed responses: API Gateway's response transfer mode, and functions that replace Lambda's Python runtime.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
ministack waits for the whole response of a function, and runs Python functions without the Runtime API.
"""

import asyncio
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import StreamingResponse
from ministack.services import apigateway_v1

STREAMING_URI = "/response-streaming-invocations"
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
METADATA_END = b"\0" * 8
METADATA_BYTES = 16 * 1024


class Sink:
    """Takes the pieces of a response from the thread of the Runtime API to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(self, piece: bytes | None) -> None:
        """None: the response is complete."""
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)

    async def get(self) -> bytes | None:
        return await self._pieces.get()


_sink: ContextVar[Sink | None] = ContextVar("sink", default=None)


def install() -> None:
    """Choose the worker of functions with a wrapper; stream the responses of streaming integrations."""
    worker_class = lambda_runtime._worker_class_for
    lambda_runtime._worker_class_for = lambda config: WrappedWorker if _wrapper(config) else worker_class(config)
    reference = apigateway_v1._extract_lambda_ref_from_integration_uri
    apigateway_v1._extract_lambda_ref_from_integration_uri = lambda uri: reference(
        uri.removesuffix(STREAMING_URI) + "/invocations" if uri.endswith(STREAMING_URI) else uri
    )
    buffered = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke(integration: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        if integration.get("uri", "").endswith(STREAMING_URI):
            return await _stream(integration, *arguments, **named)
        return await buffered(integration, *arguments, **named)

    apigateway_v1._invoke_lambda_proxy_v1 = invoke


async def _stream(integration: dict[str, Any], *arguments: Any, **named: Any) -> Any:
    """The response of an integration as soon as the function has sent its metadata."""
    scope = {"account_id": named.pop("owner_account_id", None), "region": named.pop("owner_region", None)}
    event = apigateway_v1._build_lambda_event_v1(*arguments, **named)
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration["uri"])
    sink = Sink()
    token = _sink.set(sink)
    call = asyncio.ensure_future(apigateway_v1._call_lambda_raw(function, event, **scope))
    _sink.reset(token)
    call.add_done_callback(lambda _: sink.put(None))
    start = await _metadata(sink)
    if start is None:
        refused = call.exception() if call.done() else None
        if refused:
            raise refused
        return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
    metadata, rest = start
    return metadata["statusCode"], dict(metadata.get("headers") or {}), StreamingResponse(_runner(sink, rest, call))


async def _metadata(sink: Sink) -> tuple[dict[str, Any], bytes] | None:
    """The metadata and what follows it; None if the function fails or does not send it."""
    received = b""
    while METADATA_END not in received:
        piece = await sink.get()
        if piece is None or len(received) > METADATA_BYTES:
            return None
        received += piece
    metadata, _, rest = received.partition(METADATA_END)
    try:
        value = json.loads(metadata)
    except ValueError:
        return None
    return (value, rest) if isinstance(value, dict) and "statusCode" in value else None


def _runner(sink: Sink, first: bytes, call: "asyncio.Future[Any]") -> Any:
    async def run(send: Any, receive: Any) -> None:
        piece: bytes | None = first
        while piece is not None:
            if piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            piece = await sink.get()
        if not (await call)[0].get("error"):  # after an error the response stays without its end, as on AWS
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return run


class WrappedWorker(lambda_runtime.ProvidedWorker):  # type: ignore[misc]
    """An environment of a function whose wrapper script starts a runtime of its own."""

    def __init__(self, name: str, config: dict[str, Any], code_zip: bytes) -> None:
        super().__init__(name, config, _with_bootstrap(code_zip, _wrapper(config)))
        self.sink: Sink | None = None

    def invoke(self, event: Any, request_id: str, **named: Any) -> Any:
        self.sink = _sink.get()
        known = {name: named[name] for name in ("trace_id", "invoked_function_arn") if name in named}
        return super().invoke(event, request_id, **known)

    def _build_handler_class(self, generation: int, pending: Any) -> Any:
        worker = self

        class Handler(super()._build_handler_class(generation, pending)):  # type: ignore[misc]
            def do_POST(self) -> None:
                if self.headers.get("Lambda-Runtime-Function-Response-Mode") != "streaming":
                    super().do_POST()
                    return
                received = b""
                for piece in _chunks(self.rfile):
                    received += piece
                    if worker.sink:
                        worker.sink.put(piece)
                        received = b""
                failed = _trailers(self.rfile).get("lambda-runtime-function-error-type")
                request_id = self.path.split("/")[-2]
                outcome = ("error", {"errorType": failed}) if failed else ("response", received.decode())
                worker._record_result(generation, request_id, *outcome)
                self._respond(202)

        return Handler


def _wrapper(config: dict[str, Any]) -> str:
    variables = (config.get("Environment") or {}).get("Variables") or {}
    return str(variables.get(WRAPPER, "")) if str(config.get("Runtime", "")).startswith("python") else ""


def _with_bootstrap(code_zip: bytes, wrapper: str) -> bytes:
    """The code with a file that runs the wrapper as Lambda does: with the command of the runtime as arguments."""
    script = (
        "#!/bin/sh\n"
        'export AWS_ENDPOINT_URL="${AWS_ENDPOINT_URL:-http://127.0.0.1:$GATEWAY_PORT}"\n'
        f"exec {wrapper.replace('/var/task', '.')} {sys.executable} /var/runtime/bootstrap.py\n"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(code_zip)) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            copy.writestr(entry, source.read(entry))
        copy.writestr("bootstrap", script)
    return target.getvalue()


def _chunks(stream: Any) -> Iterator[bytes]:
    while size := int(stream.readline().split(b";")[0], 16):
        yield stream.read(size)
        stream.readline()


def _trailers(stream: Any) -> dict[str, str]:
    found = {}
    while line := stream.readline().strip():
        name, _, value = line.decode().partition(":")
        found[name.lower()] = value.strip()
    return found
