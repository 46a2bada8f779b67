"""Reads the texts of a stream as a client gives them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any

# The stub pauses longer between two parts. If they come together, something has held them back.
APART_SECONDS = 0.05
_ATTEMPTS = 3  # what a client prepares at its first stream may take longer than the pause


def joined(texts: Callable[[], Iterator[str]]) -> dict[str, Any]:
    apart, found = False, ""
    for _ in range(_ATTEMPTS):
        parts = [(time.monotonic(), text) for text in texts() if text]
        found = "".join(text for _, text in parts).strip()
        apart = bool(parts) and parts[-1][0] - parts[0][0] > APART_SECONDS
        if apart:
            break
    return {"text": found, "as it comes": apart}


def raised(texts: Callable[[], Iterator[str]]) -> str:
    """What becomes of a stream that breaks off after its first text."""
    read = False
    try:
        for text in texts():
            read = read or bool(text)
    except Exception as error:
        return "raised after a part" if read else f"raised too early: {error!r}"
    return "complete"


def synchronous(texts: AsyncIterator[str]) -> Iterator[str]:
    queue: SimpleQueue[str | BaseException | None] = SimpleQueue()

    async def read() -> None:
        try:
            async for text in texts:
                queue.put(text)
            queue.put(None)
        except BaseException as error:
            queue.put(error)

    thread = Thread(target=lambda: asyncio.run(read()))
    thread.start()
    while (item := queue.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
    thread.join()
