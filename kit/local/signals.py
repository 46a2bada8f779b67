"""Turns SIGTERM and SIGHUP into an exception, as Ctrl-C is, so that a run stops what it started."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_by_signal() -> Iterator[None]:
    """In the block, SIGTERM and SIGHUP raise SystemExit with the shell's exit code: 128 + number.

    A signal that the parent process ignores stays ignored: `nohup make up` outlives its terminal.
    """
    handled = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _exit) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """A second Ctrl-C must not interrupt the cleanup after the first."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
