"""`make demo-methods`: runs the demo on an embedded AWS of its own, and stops that."""

import argparse
import shutil
import sys
from pathlib import Path

from examples.methods.demo import MethodsDemo
from kit.__main__ import run_command
from kit.cdk_cli import PROJECT
from kit.local.lock import lock
from kit.local.signals import ignore_signals, stopped_by_signal
from local_aws import emulator


def run(options: argparse.Namespace) -> int:
    state = options.folder / "demo-methods"
    with lock(options.folder / "demo-methods.lock"), stopped_by_signal():
        emulator.stop(state)  # left by a demo that was killed
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        try:
            MethodsDemo(state=state, port=options.port).run()
        finally:
            ignore_signals()
            emulator.stop(state)
            print(f"\nstopped the demo's embedded AWS; nothing is left running; its logs are in {state}")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make demo-methods", description=__doc__)
    parser.add_argument("--folder", type=Path, default=PROJECT / ".local", help="for its state (default: .local)")
    parser.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")
    parser.set_defaults(run=run, prog=parser.prog)
    sys.exit(run_command(parser))
