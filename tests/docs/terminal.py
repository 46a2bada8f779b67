"""Runs shell snippets for real, against an embedded AWS: `aws` and `curl` are the modules beside this one."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local_aws import emulator
from tests.docs.pages import PROJECT


class Terminal:
    """A reader's terminal in `folder`, after `make up` wrote .local/outputs.json there."""

    def __init__(self, folder: Path, aws: emulator.EmbeddedAws, outputs: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / ".local").mkdir()
        (folder / ".local" / "outputs.json").symlink_to(outputs)
        for name in ("aws_cli", "curl"):
            program = folder / "bin" / name.removesuffix("_cli")
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.docs.{name} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        settings = emulator.environment(aws)
        self._environment = {**settings, "PYTHONPATH": str(PROJECT), "PATH": f"{folder / 'bin'}:{settings['PATH']}"}

    def run(self, text: str, values: Mapping[str, str] | None = None) -> str:
        """What it prints. `values` take the place of names such as BUCKET. Raises AssertionError if a command fails."""
        for name, value in (values or {}).items():
            text = text.replace(name, value)
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eu", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
