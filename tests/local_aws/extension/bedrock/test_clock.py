"""Scaled time: KIT_TIME_SCALE multiplies durations, stages follow the clock, a failed job stops."""

import threading
import time

import pytest

from local_aws.extension.bedrock import clock

PLAN = {"validation": 1.0, "training": 4.0}


def states(status: str, age: float, halted: float | None = None) -> list[str]:
    return [state for state, _ in clock.stages(PLAN, time.time() - age, status, halted).values()]


def test_the_scale_stretches_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_TIME_SCALE", "2")

    assert clock.elapsed(time.time() - 10) == pytest.approx(5, abs=0.1)
    assert clock.moment(100.0, 5) == 110.0


@pytest.mark.parametrize("text", ["0", "-1", "fast"])
def test_a_scale_that_is_not_positive_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KIT_TIME_SCALE", text)

    with pytest.raises(ValueError, match=r"KIT_TIME_SCALE|fast"):
        clock.scale()


@pytest.mark.parametrize(
    ("status", "age", "expected"),
    [
        ("InProgress", 0.5, ["InProgress", "NotStarted"]),
        ("InProgress", 2.0, ["Completed", "InProgress"]),
        ("InProgress", 9.0, ["Completed", "InProgress"]),
        ("Completed", 4.5, ["Completed", "Completed"]),
        ("Stopping", 2.0, ["Completed", "Stopping"]),
    ],
)
def test_stages_follow_the_clock(status: str, age: float, expected: list[str]) -> None:
    assert states(status, age) == expected


def test_a_failed_job_keeps_the_stage_in_which_it_failed() -> None:
    assert states("Failed", 9.0, halted=time.time() - 8.0) == ["Failed", "NotStarted"]
    assert states("Stopped", 9.0, halted=time.time() - 7.0) == ["Completed", "Stopped"]


def test_sleep_ends_when_it_is_interrupted() -> None:
    interrupted = threading.Event()
    interrupted.set()

    assert clock.sleep_until(time.time(), 60, interrupted) is False
    assert clock.sleep_until(time.time() - 1, 0.5, threading.Event()) is True
