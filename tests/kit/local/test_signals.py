"""Signals that end a run, and those that the parent process ignores."""

import os
import signal

import pytest

from kit.local.signals import ENDING, stopped_by_signal


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_the_block_with_the_shells_exit_code(number: signal.Signals) -> None:
    before = signal.getsignal(number)

    with pytest.raises(SystemExit) as ended, stopped_by_signal():
        os.kill(os.getpid(), number)

    assert ended.value.code == 128 + number
    assert signal.getsignal(number) == before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stopped_by_signal():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
