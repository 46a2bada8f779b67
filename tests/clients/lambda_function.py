"""The API's function as Lambda runs it: instances of its runtime loop, each with one invocation at a time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from kit_contract.inference_api_names import ALIASES_FILE, KNOWLEDGE_BASES_FILE
from tests.clients.http_server import Exchange, address_of, serve

PROJECT = Path(__file__).resolve().parents[2]
RUNTIME = "/2018-06-01/runtime"
_METADATA_END = b"\0" * 8
_MAX_SECONDS = 900


class FunctionError(Exception):
    """When the function fails, or its response breaks off."""


class _Invocation:
    def __init__(self, identifier: str, event: Mapping[str, Any]) -> None:
        self.identifier, self.event = identifier, event
        self.pieces: asyncio.Queue[bytes | FunctionError | None] = asyncio.Queue()


class LambdaFunction:
    """`log`: the file that gets what the instances write to standard error."""

    def __init__(self, folder: Path, environment: Mapping[str, str], aliases: str, *, instances: int) -> None:
        self.log = folder / "function.log"
        self._folder, self._environment, self._aliases, self._count = folder, environment, aliases, instances
        self._waiting: asyncio.Queue[_Invocation] = asyncio.Queue()
        self._running: dict[str, _Invocation] = {}
        self._numbers = count(1)
        self.begun: dict[str, float] = {}  # identifier of an invocation -> when an instance got it
        self.instances: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> LambdaFunction:
        for name in ("inference_api", "kit_contract"):  # the folder is as the function's zip
            source = PROJECT / ("lambda" if name == "inference_api" else "") / name
            (self._folder / name).symlink_to(source)
        (self._folder / ALIASES_FILE).write_text(self._aliases, encoding="utf-8")
        (self._folder / KNOWLEDGE_BASES_FILE).write_text("{}", encoding="utf-8")
        self._server = await serve(self._runtime_api)
        environment = {
            **self._environment,
            "AWS_LAMBDA_RUNTIME_API": address_of(self._server),
            "_HANDLER": "inference_api.handler.handler",
            "PATH": os.environ["PATH"],
        }
        command = (sys.executable, "-m", "inference_api.runtime")
        with self.log.open("wb") as log:
            self.instances = [
                await asyncio.create_subprocess_exec(*command, cwd=self._folder, env=environment, stderr=log)
                for _ in range(self._count)
            ]
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self.instances:
            process.kill()
            await process.wait()
        self._server.close()

    async def invoke(self, event: Mapping[str, Any]) -> AsyncIterator[bytes]:
        """The pieces of the response: the first ends with its metadata. Raises FunctionError."""
        invocation = _Invocation(event.get("requestId") or f"request-{next(self._numbers)}", event)
        await self._waiting.put(invocation)
        while (piece := await invocation.pieces.get()) is not None:
            if isinstance(piece, FunctionError):
                raise piece
            yield piece

    async def _runtime_api(self, exchange: Exchange) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""
        if exchange.path == f"{RUNTIME}/invocation/next":
            await self._next(exchange)
            return
        invocation = self._running.pop(exchange.path.split("/")[-2], None)
        pieces = invocation.pieces if invocation else asyncio.Queue()
        if exchange.path.endswith("/error"):
            pieces.put_nowait(FunctionError((await exchange.body()).decode()))
        else:
            await _pass_on(exchange, pieces)
        await exchange.answer(202, b"{}")

    async def _next(self, exchange: Exchange) -> None:
        invocation = await self._waiting.get()
        self._running[invocation.identifier] = invocation
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.identifier,
            "Lambda-Runtime-Deadline-Ms": str(round((time.time() + _MAX_SECONDS) * 1000)),
        }
        self.begun[invocation.identifier] = time.perf_counter()
        await exchange.answer(200, json.dumps(invocation.event).encode(), headers)


async def _pass_on(exchange: Exchange, pieces: asyncio.Queue[bytes | FunctionError | None]) -> None:
    try:
        async for piece in exchange.pieces():
            pieces.put_nowait(piece)
    except asyncio.IncompleteReadError:
        pieces.put_nowait(FunctionError("the response broke off"))
        raise
    pieces.put_nowait(FunctionError(" ".join(exchange.trailers)) if exchange.trailers else None)


def proxy_event(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """What API Gateway sends to the function."""
    return {"httpMethod": method, "path": path, "headers": dict(headers), "body": body.decode() or None}


def metadata_of(piece: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and the begin of the body of the first piece of a response."""
    metadata, end, rest = piece.partition(_METADATA_END)
    if not end:
        raise FunctionError("the response has no metadata")
    value = json.loads(metadata)
    return value["statusCode"], value["headers"], rest
