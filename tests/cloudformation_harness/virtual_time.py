"""A virtual clock, and processes that alternate on it: the same seed gives the same interleaving.

A process is a thread, but only one runs at a time, until it waits. Time passes only while all processes wait. A killed
process has no further effect: whatever its `finally` blocks try raises again.
"""

import heapq
import itertools
import threading
from collections.abc import Callable
from types import SimpleNamespace

START = 1_800_000_000.0
LIVE_LOCK = 200_000


class KilledError(BaseException):
    """The process is gone: no exception handler of the code under test may see it as an error."""


def _closed_gate() -> threading.Lock:
    """A lock that one thread opens for another."""
    gate = threading.Lock()
    gate.acquire()
    return gate


class Process:
    def __init__(self, target: Callable[[], None], name: str) -> None:
        self.name = name
        self.finished = False
        self.killed = False
        self.error: BaseException | None = None
        self.dies_at = float("inf")
        self.alarm_at = float("inf")
        self.ring: Callable[[int, object], None] | None = None
        self.wakes = 0
        self.gate = _closed_gate()
        self._target = target

    def run(self, back: threading.Lock) -> None:
        self.gate.acquire()
        try:
            self._target()
        except KilledError:
            self.killed = True
        except BaseException as error:
            self.error = error
        self.finished = True
        back.release()


class Signal:
    """Something that processes wait for."""

    def __init__(self) -> None:
        self.is_set = False
        self.waiting: list[Process] = []


class Scheduler:
    def __init__(self, *, choose: Callable[[int], int] = lambda count: 0) -> None:
        """`choose` picks one of so many processes that are due at the same moment."""
        self.now = START
        self._choose = choose
        self._due: list[tuple[float, int, int, Process]] = []
        self._order = itertools.count()
        self._back = _closed_gate()
        self._current: Process | None = None
        self._until, self._turns = START, 0

    @property
    def current(self) -> Process:
        assert self._current is not None, "only processes wait"
        return self._current

    def spawn(self, target: Callable[[], None], name: str, *, delay: float = 0.0) -> Process:
        process = Process(target, name)
        threading.Thread(target=process.run, args=(self._back,), daemon=True).start()
        self._wake(process, self.now + delay)
        return process

    def sleep(self, seconds: float) -> None:
        """Of the current process. Raises KilledError, and what its alarm raises."""
        self._wait_until(self.now + max(seconds, 0.0))

    def wait(self, signal: Signal, seconds: float) -> bool:
        """Whether `signal` was set within `seconds`."""
        if not signal.is_set:
            signal.waiting.append(self.current)
            self._wait_until(self.now + seconds)
        return signal.is_set

    def set(self, signal: Signal) -> None:
        signal.is_set = True
        for process in signal.waiting:
            self._wake(process, self.now)
        signal.waiting = []

    def kill(self, process: Process) -> None:
        process.dies_at = self.now
        self._wake(process, self.now)

    def set_alarm(self, seconds: float) -> None:
        self.current.alarm_at = self.now + seconds if seconds else float("inf")

    def run(self, until: float = float("inf")) -> None:
        """Until nothing is due any more, or only after `until`."""
        self._until, self._turns = until, 0
        while process := self._turn():
            self._resume(process)
        if self._turns == LIVE_LOCK:
            raise AssertionError(f"nothing ends: {[item[3].name for item in self._due]}")

    def time_module(self) -> SimpleNamespace:
        """What code under test knows as `time`."""
        return SimpleNamespace(time=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep)

    def signal_module(self) -> SimpleNamespace:
        """What code under test knows as `signal`: the alarm interrupts whatever the process waits for."""

        def handler(number: int, ring: Callable[[int, object], None] | None) -> object:
            before, self.current.ring = self.current.ring, ring
            return before

        def setitimer(which: int, seconds: float) -> None:
            self.set_alarm(seconds)

        return SimpleNamespace(SIGALRM=14, ITIMER_REAL=0, signal=handler, setitimer=setitimer)

    def _wait_until(self, moment: float) -> None:
        process = self.current
        self._check(process)
        self._wake(process, min(moment, process.dies_at, process.alarm_at))
        # Here and not in `run`: a change of threads takes longer than all the rest, and most turns need none.
        following = self._turn()
        if following is not process:
            self._current = following
            (following.gate if following else self._back).release()
            process.gate.acquire()
        self._check(process)

    def _check(self, process: Process) -> None:
        if self.now >= process.dies_at:
            raise KilledError
        if self.now >= process.alarm_at:
            process.alarm_at = float("inf")
            assert process.ring
            process.ring(14, None)

    def _wake(self, process: Process, moment: float) -> None:
        process.wakes += 1
        heapq.heappush(self._due, (moment, next(self._order), process.wakes, process))

    def _turn(self) -> Process | None:
        """Whose turn it is; None if nothing is due before `run` ends."""
        while self._due and self._due[0][0] <= self._until and self._turns < LIVE_LOCK:
            self._turns += 1
            if process := self._next():
                return process
        return None

    def _next(self) -> Process | None:
        """One of the processes that are due first; a wake-up that a later one replaced is dropped."""
        ready: list[tuple[float, int, int, Process]] = []
        while self._due and (not ready or self._due[0][0] == ready[0][0]):
            item = heapq.heappop(self._due)
            if not self._is_stale(item):
                ready.append(item)
        if not ready:
            return None
        chosen = ready.pop(self._choose(len(ready)) % len(ready))
        for item in ready:
            heapq.heappush(self._due, item)
        self.now = max(self.now, chosen[0])
        return chosen[3]

    @staticmethod
    def _is_stale(item: tuple[float, int, int, Process]) -> bool:
        return item[3].finished or item[2] != item[3].wakes

    def _resume(self, process: Process) -> None:
        self._current = process
        process.gate.release()
        self._back.acquire()
        self._current = None
