"""make setup && .venv/bin/python -m benchmarks.kit_start [runs]: CPU seconds of `kit --help` and `kit models --json`.

Runs alternate with `python -c pass`, the cost of Python itself. The medians are of user plus system time.
"""

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMANDS: dict[str, Sequence[str]] = {
    "python -c pass": ("-c", "pass"),
    "kit --help": ("-m", "kit", "--help"),
    "kit models --json": ("-m", "kit", "models", "--json"),
    "kit models": ("-m", "kit", "models"),
}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            seconds[name].append(_cpu_seconds(arguments))
    for name, measured in seconds.items():
        print(f"{name:<18} {statistics.median(measured):.3f} s CPU (max {max(measured):.3f}, n={runs})")


def _cpu_seconds(arguments: Sequence[str]) -> float:
    before = os.times()
    subprocess.run([sys.executable, *arguments], cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


if __name__ == "__main__":
    main()
