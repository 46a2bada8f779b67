"""The API as clients reach it: a server in place of API Gateway, the real function, and a stub in place of Bedrock."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tests.clients import bedrock_stub
from tests.clients.bedrock_stub import BedrockStub
from tests.clients.capabilities import ALIAS, BREAKING, BUSY, EMBEDDER, KEY, NATIVE
from tests.clients.http_server import Exchange, address_of, serve
from tests.clients.lambda_function import FunctionError, LambdaFunction, metadata_of, proxy_event
from tests.clients.signatures import is_signed

MODELS = {
    ALIAS: "amazon.nova-2-lite-v1:0",
    NATIVE: f"us.{bedrock_stub.WITH_FORMAT}-20250929-v1:0",
    BUSY: bedrock_stub.THROTTLED[0],
    BREAKING: bedrock_stub.BREAKING,
    EMBEDDER: "amazon.titan-embed-text-v2:0",
}
INSTANCES = 2
ORDER = ["provisioned", "on-demand", "base"]
STAGE = "/prod"
_UNAUTHORIZED = {"error": {"message": "the API key is missing or wrong", "type": "authentication_error"}}


class Api(NamedTuple):
    """`url`: without /v1, as the stack's output. `stub`, `log`: for messages of failures."""

    url: str
    stub: BedrockStub
    log: Path


@contextmanager
def running_api() -> Iterator[Api]:
    started: asyncio.Future[Api]
    loop = asyncio.new_event_loop()
    started, stop = loop.create_future(), asyncio.Event()
    thread = threading.Thread(target=_run, args=(loop, started, stop))
    ready = threading.Event()
    started.add_done_callback(lambda _: ready.set())
    thread.start()
    ready.wait(30)
    try:
        yield started.result()
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, started: asyncio.Future[Api], stop: asyncio.Event) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(_serve(started, stop))


async def _serve(started: asyncio.Future[Api], stop: asyncio.Event) -> None:
    stub = BedrockStub()
    bedrock = await serve(stub.handle)
    with TemporaryDirectory() as folder:
        function = LambdaFunction(
            Path(folder), environment_of(f"http://{address_of(bedrock)}"), _aliases(), instances=INSTANCES
        )
        async with function:
            gateway = await serve(_Gateway(function).handle)
            started.set_result(Api(f"http://{address_of(gateway)}{STAGE}", stub, function.log))
            await stop.wait()
            gateway.close()
    bedrock.close()


def environment_of(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "KIT_DEPLOYMENT": "clients",
        "KNOWLEDGE_BASES": "{}",
        "ACCOUNT_ID": "111122223333",
    }


def _aliases() -> str:
    arn = "arn:aws:bedrock:us-east-1::foundation-model/"
    found = {name: {"model": model, "arn": arn + model, "order": ORDER} for name, model in MODELS.items()}
    found[EMBEDDER]["embedding"] = MODELS[EMBEDDER]
    return json.dumps(found)


class _Gateway:
    def __init__(self, function: LambdaFunction) -> None:
        self._function = function

    async def handle(self, exchange: Exchange) -> None:
        body = await exchange.body()
        headers = exchange.headers
        signed = exchange.path.startswith(f"{STAGE}/iam/") and is_signed(exchange, body)
        if not signed and KEY not in (
            headers.get("x-api-key"),
            headers.get("authorization", "").removeprefix("Bearer "),
        ):
            await exchange.answer(401, json.dumps(_UNAUTHORIZED).encode(), {"Content-Type": "application/json"})
            return
        path = unquote(urlsplit(exchange.path).path).removeprefix(STAGE)
        pieces = self._function.invoke(proxy_event(exchange.method, path, headers, body))
        try:
            status, answered, rest = metadata_of(await anext(pieces))
            await exchange.start(status, answered)
            if rest:
                await exchange.send(rest)
            async for piece in pieces:
                await exchange.send(piece)
            await exchange.send(b"")
        except FunctionError:
            exchange.cut()
            raise
