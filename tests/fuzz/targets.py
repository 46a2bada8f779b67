"""What is fuzzed: functions of bytes that may find faults, but must not raise. `make fuzz` and make test share them.

Each room adds a module of its own beside this one and its targets to TARGETS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fuzz.check_targets import CHECK_TARGETS
from tests.fuzz.convert_targets import CONVERT_TARGETS


@dataclass(frozen=True)
class FuzzTarget:
    """`seeds` are inputs that a fuzzer begins with."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


TARGETS: Mapping[str, FuzzTarget] = {
    name: FuzzTarget(run, seeds) for name, (run, seeds) in {**CHECK_TARGETS, **CONVERT_TARGETS}.items()
}
