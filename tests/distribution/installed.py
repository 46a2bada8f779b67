"""The kit as a project has it: installed from its wheel, with the packages it depends on, and nothing of this tree."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from kit_contract.places import BIN, PROJECT

QUIET = {"CDK_VALIDATION": "false", "CDK_DISABLE_CLI_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": "1"}


class Installed:
    """`bin` has `python`, `node` and `bedrock-kit`. The wheel is built by the pinned backend, without network."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "venv" / "bin"
        self._uv("venv", "--python", sys.executable, str(folder / "venv"))
        self._uv("pip", "install", "--python", str(self.bin / "python"), "--no-deps", str(build_wheel(folder)))
        self._depend(folder / "venv")

    def run(self, *command: str, cwd: Path, **environment: str) -> str:
        """The output of a command that is in `bin` or on PATH. Fails with what it printed."""
        path = os.pathsep.join((str(self.bin), os.environ["PATH"]))
        own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "JSII_NODE")}
        return run(*command, cwd=cwd, environ={**own, **QUIET, "PATH": path, **environment})

    def _depend(self, venv: Path) -> None:
        """On what this interpreter has: no package is installed twice."""
        (site,) = venv.glob("lib/python*/site-packages")
        (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        (self.bin / "node").symlink_to(BIN / "node")

    def _uv(self, *arguments: str) -> None:
        run(str(BIN / "uv"), *arguments, "--quiet", "--offline", cwd=PROJECT, environ=os.environ)


def build_wheel(folder: Path) -> Path:
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(PROJECT)]
    run(*command, cwd=PROJECT, environ=os.environ)
    (wheel,) = folder.glob("*.whl")
    return wheel


def run(*command: str, cwd: Path, environ: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
