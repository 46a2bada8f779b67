"""Scenarios: steps run beside the tests and untouched by them, a failure is told to its test, and nothing is left."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.background import running
from tests.end_to_end.scenarios import broken, training

MODULE = broken.__name__


def test_a_step_that_fails_fails_its_test_and_the_later_ones(tmp_path: Path) -> None:
    with running([(MODULE, step) for step in broken.STEPS], tmp_path) as scenarios:
        assert "AWS_EC2_METADATA_DISABLED" in scenarios[MODULE].seen("environment")
        with pytest.raises(AssertionError, match=r"(?s)ValueError: the reason.*printed:\nbefore the failure"):
            scenarios[MODULE].seen("fail")
        with pytest.raises(AssertionError, match="not run: the step 'fail' before it failed"):
            scenarios[MODULE].seen("hang")


def test_a_session_that_ends_early_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), running([(MODULE, "hang")], tmp_path) as scenarios:
        pid = started(tmp_path / MODULE / "pid")
        assert Path(f"/proc/{pid}").exists()
        raise KeyboardInterrupt

    assert not alive(pid)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(AssertionError, match="the process ended with"):
        scenarios[MODULE].seen("hang")


def test_a_scenario_that_waits_for_its_turn_never_begins(tmp_path: Path) -> None:
    with running([(MODULE, "hang"), (training.__name__, "the first deploy")], tmp_path) as scenarios:
        started(tmp_path / MODULE / "pid")

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(AssertionError, match="stopped before it began"):
        scenarios[training.__name__].seen("the first deploy")


def started(file: Path) -> int:
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(file.read_text(encoding="utf-8"))


def alive(pid: int) -> bool:
    """Whether it runs; one that ended may wait for init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
