"""Bedrock's clock, scaled: what takes AWS hours takes seconds here.

KIT_TIME_SCALE multiplies every duration; with 1, the default, a customization job takes about four seconds.
"""

import contextvars
import os
import threading
import time
from collections.abc import Callable

DEFAULT_SCALE = 1.0


def scale() -> float:
    """Real seconds for one second of the emulated Bedrock. Raises ValueError."""
    text = os.environ.get("KIT_TIME_SCALE") or str(DEFAULT_SCALE)
    value = float(text)
    if value <= 0:
        raise ValueError(f"KIT_TIME_SCALE must be greater than 0, got {text}; unset it to use {DEFAULT_SCALE}")
    return value


def elapsed(started: float) -> float:
    """Seconds on Bedrock's clock since the wall time `started`."""
    return (time.time() - started) / scale()


def moment(started: float, seconds: float) -> float:
    """The wall time at which Bedrock's clock shows `seconds` since `started`."""
    return started + seconds * scale()


def sleep_until(started: float, seconds: float, interrupted: threading.Event) -> bool:
    """Wait until `seconds` since `started` on Bedrock's clock; False as soon as `interrupted` is set."""
    return not interrupted.wait(max(moment(started, seconds) - time.time(), 0))


def in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread that sees the caller's account and region and does not keep the process alive."""
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), daemon=True).start()


def stages(
    plan: dict[str, float], started: float, status: str, halted: float | None = None
) -> dict[str, tuple[str, float | None]]:
    """The state of each stage and the wall time at which it began, or None.

    `plan` has the second at which each stage ends. `halted` is the wall time at which a job failed or was stopped.
    """
    age = elapsed(started) - (elapsed(halted) if halted else 0.0)
    states: dict[str, tuple[str, float | None]] = {}
    begin, last = 0.0, max(plan.values())
    for name, end in plan.items():
        if status == "Completed" or (age >= end and end < last and status != "Failed"):
            states[name] = ("Completed", moment(started, begin))
        elif age >= begin and not (status == "Failed" and states):
            states[name] = (status, moment(started, begin))
        else:
            states[name] = ("NotStarted", None)
        begin = end
    return states
