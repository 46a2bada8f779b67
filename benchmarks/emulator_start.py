"""make setup && .venv/bin/python -m benchmarks.emulator_start [runs]: seconds until the embedded AWS is healthy."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from local_aws import emulator

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    seconds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(dir=PROJECT / ".local") as folder:
            started = time.perf_counter()
            emulator.start(Path(folder))
            seconds.append(time.perf_counter() - started)
            emulator.stop(Path(folder))
    print(
        f"healthy after {statistics.median(seconds):.2f} s (min {min(seconds):.2f}, max {max(seconds):.2f}, n={runs})"
    )


if __name__ == "__main__":
    main()
