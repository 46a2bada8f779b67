"""The process of a scenario: runs steps and writes what each returned, or how it failed, to standard output.

python -m tests.end_to_end.steps MODULE FOLDER STEP...
"""

import contextlib
import importlib
import io
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from kit.cdk_cli import PROJECT


def answer(function: Callable[[Any], object], world: Any) -> tuple[object, str | None]:
    """What the step returned, or its traceback and what it printed."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            return function(world), None
    except Exception:
        return None, f"{traceback.format_exc()}\nprinted:\n{printed.getvalue()}"


def run(module: Any, folder: Path, steps: list[str], answers: BinaryIO) -> None:
    """Nothing after a step that failed."""
    with module.world(folder) as world:
        for step in steps:
            returned, failure = answer(module.STEPS[step], world)
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
    module, folder, *steps = sys.argv[1:]
    with answers:
        run(importlib.import_module(module), Path(folder), steps, answers)


if __name__ == "__main__":
    main()
