"""Lets a test interrupt what it starts, however the tests themselves were started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigint_delivered() -> Iterator[None]:
    """In the block, a started process can be interrupted.

    A process inherits an ignored SIGINT: under `trap '' INT`, or as a script's background job.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
