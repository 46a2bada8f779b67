"""An HTTP/1.1 server on 127.0.0.1 whose requests and responses can be read and written piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress

_MAX_HEAD_BYTES = 64 * 1024


class Exchange:
    """A request and its response. `headers` has lower-case names."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        line, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        self.method, self.path, _ = line.split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        self._reader, self._writer = reader, writer

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives. What follows the last chunk is read too."""
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            size = int(self.headers.get("content-length", 0))
            if size:
                yield await self._reader.readexactly(size)
            return
        while size := int(await self._reader.readline(), 16):
            yield (await self._reader.readexactly(size + 2))[:-2]
        self.trailers = []
        while (line := await self._reader.readline()).strip():
            self.trailers.append(line.decode("latin-1").strip())

    async def body(self) -> bytes:
        return b"".join([piece async for piece in self.pieces()])

    async def answer(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._writer.write(_head(status, {**(headers or {}), "Content-Length": str(len(content))}) + content)
        await self._writer.drain()

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Begin a response whose body comes in pieces."""
        self._writer.write(_head(status, {**headers, "Transfer-Encoding": "chunked"}))
        await self._writer.drain()

    async def send(self, piece: bytes) -> None:
        """Send a piece of the body; an empty one ends it."""
        self._writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await self._writer.drain()

    def cut(self) -> None:
        """Close the connection within the response."""
        self._writer.close()


Handler = Callable[[Exchange], Awaitable[None]]


async def serve(handler: Handler) -> asyncio.Server:
    """Listens on a free port. Connections stay open between requests."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled when the program ends: 3.11 would print the exception of a task that nobody awaits.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await handler(Exchange(reader, writer, await reader.readuntil(b"\r\n\r\n")))
        writer.close()

    return await asyncio.start_server(connected, "127.0.0.1", 0, limit=_MAX_HEAD_BYTES)


def address_of(server: asyncio.Server) -> str:
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1")
