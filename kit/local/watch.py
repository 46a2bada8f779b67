"""Ends a run within a second when its embedded AWS is gone, whatever the run waits for at the time.

Without it the CDK CLI and boto3 try again for minutes.
"""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from kit_contract.errors import ExternalError
from local_aws import emulator

EVERY_SECONDS = 0.5
AGAIN_SECONDS = 15.0  # what the first signal interrupted may have caught its exception; longer than any cleanup


class EmbeddedAwsGoneError(ExternalError):
    """When the embedded AWS was stopped or died under a run."""


@contextmanager
def ended_with(aws: emulator.EmbeddedAws) -> Iterator[None]:
    """In the block, the end of `aws` raises EmbeddedAwsGoneError. For the main thread, which signals reach."""

    def gone(_number: int, _frame: FrameType | None) -> None:
        raise EmbeddedAwsGoneError(_reason(aws))

    before = signal.signal(signal.SIGUSR1, gone)
    left = threading.Event()
    watcher = threading.Thread(target=_watch, args=(aws, threading.get_ident(), left), daemon=True)
    watcher.start()
    try:
        yield
    except EmbeddedAwsGoneError:
        raise
    except Exception:
        if _answers(aws):
            raise
        raise EmbeddedAwsGoneError(_reason(aws)) from None  # a call noticed first, or wrapped the exception
    finally:
        left.set()
        watcher.join()
        signal.signal(signal.SIGUSR1, before)


def _watch(aws: emulator.EmbeddedAws, thread: int, left: threading.Event) -> None:
    pause = EVERY_SECONDS
    while not left.wait(pause):
        if not _answers(aws):
            pause = AGAIN_SECONDS
            signal.pthread_kill(thread, signal.SIGUSR1)


def _answers(aws: emulator.EmbeddedAws) -> bool:
    """Whether somebody listens. A busy one may take its time."""
    try:
        socket.create_connection(("127.0.0.1", aws.port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
    return True


def _reason(aws: emulator.EmbeddedAws) -> str:
    if not emulator.recorded(aws.state_dir):  # make down removes the record before it ends the process
        return "the embedded AWS was stopped by another command (make down); run make up again"
    log = emulator.log_file(aws.state_dir)
    return (
        f"the embedded AWS ended while it was in use; run make up again. The end of its log, {log}:\n"
        + emulator.tail(log)
    )
