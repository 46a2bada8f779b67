"""Runs a demo on an embedded AWS of its own, and stops that whatever happens."""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from kit.__main__ import run_command
from kit.local.lock import lock
from kit.local.signals import ignore_signals, stopped_by_signal
from kit_contract.places import PROJECT
from local_aws import emulator


def run_demo(name: str, description: str, run: Callable[[Path, int | None], None]) -> int:
    """The exit code of `make NAME`. `run` gets a new folder for the state, and the port or None for a free one."""
    parser = argparse.ArgumentParser(prog=f"make {name}", description=description)
    parser.add_argument("--folder", type=Path, default=PROJECT / ".local", help="for its state (default: .local)")
    parser.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")
    parser.set_defaults(run=lambda options: _run(name, options, run), prog=parser.prog)
    return run_command(parser)


def _run(name: str, options: argparse.Namespace, run: Callable[[Path, int | None], None]) -> int:
    state = options.folder / name
    with lock(options.folder / f"{name}.lock"), stopped_by_signal():
        emulator.stop(state)  # left by a demo that was killed
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        try:
            run(state, options.port)
        finally:
            ignore_signals()
            emulator.stop(state)
            print(f"\nstopped the demo's embedded AWS; nothing is left running; its logs are in {state}")
    return 0
