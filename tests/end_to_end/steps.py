"""The process of a scenario: reads names of steps, and writes what each returned or how it failed, to its parent.

python -m tests.end_to_end.steps MODULE FOLDER
"""

import contextlib
import importlib
import io
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from kit_contract.places import PROJECT


def answer(function: Callable[[Any], object], world: Any) -> tuple[object, str | None]:
    """What the step returned, or its traceback and what it printed."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            return function(world), None
    except Exception:
        return None, f"{traceback.format_exc()}\nprinted:\n{printed.getvalue()}"


def run(module: Any, folder: Path, steps: Iterable[str], answers: BinaryIO) -> None:
    """Until there are no more steps or one failed."""
    with module.world(folder) as world:
        for step in steps:
            returned, failure = answer(module.STEPS[step.rstrip("\n")], world)
            answers.write(pickle.dumps((returned, failure)))
            answers.flush()
            if failure:
                return


def main() -> None:
    # Standard output is for answers only: a process that a step starts must not write there.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.path.insert(0, str(PROJECT / "lambda"))
    module, folder = sys.argv[1:]
    with answers, os.fdopen(os.dup(0), encoding="utf-8") as steps:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # no process that a step starts reads them
        run(importlib.import_module(module), Path(folder), steps, answers)


if __name__ == "__main__":
    main()
