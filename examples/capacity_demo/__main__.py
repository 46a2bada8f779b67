"""`make demo-capacity`: a provisioned throughput bought, swapped and released on an embedded AWS of its own."""

import argparse
import shutil
import sys
from pathlib import Path

from deployment.config import ConfigError
from examples.capacity_demo.caller import CallerError
from examples.capacity_demo.demo import CapacityDemo
from examples.capacity_demo.throughput import DemoError
from kit.capacity.controller import CapacityError
from kit.cdk_cli import PROJECT, CdkError
from kit.local.following import FollowError
from kit.local.lock import LockedError, lock
from kit.local.signals import ignore_signals, stopped_by_signal
from local_aws import emulator
from local_aws.guard import GuardError

EXPECTED = (
    ConfigError,
    FollowError,
    CdkError,
    LockedError,
    GuardError,
    emulator.EmulatorError,
    DemoError,
    CallerError,
    CapacityError,
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo-capacity", description=__doc__)
    parser.add_argument("--folder", type=Path, default=PROJECT / ".local", help="for its state (default: .local)")
    parser.add_argument("--port", type=int, help="port of the embedded AWS (default: a free one)")
    options = parser.parse_args(arguments)
    try:
        return _run(options.folder, options.port)
    except EXPECTED as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def _run(folder: Path, port: int | None) -> int:
    state = folder / "demo-capacity"
    with lock(folder / "demo-capacity.lock"), stopped_by_signal():
        emulator.stop(state)  # left by a demo that was killed
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        try:
            CapacityDemo(state=state, port=port).run()
        finally:
            ignore_signals()
            emulator.stop(state)
            print(f"\nthe demo's embedded AWS is stopped; nothing is left running; its logs are in {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
