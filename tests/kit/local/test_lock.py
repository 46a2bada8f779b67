"""One run at a time, and the lock of a dead run does not stay."""

import os
from pathlib import Path

import pytest

from kit.local.lock import lock
from kit_contract.errors import ExternalError


def test_a_second_run_is_refused_and_names_the_first(tmp_path: Path) -> None:
    with (
        lock(tmp_path / "up.lock"),
        pytest.raises(ExternalError, match=rf"process {os.getpid()}"),
        lock(tmp_path / "up.lock"),
    ):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with lock(tmp_path / "up.lock"):
        pass

    with lock(tmp_path / "up.lock"):
        assert (tmp_path / "up.lock").read_text(encoding="utf-8").isdigit()
