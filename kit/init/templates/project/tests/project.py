"""This project: its deployment.toml, and a way to run what it runs."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk.assertions import Template

PROJECT = Path(__file__).resolve().parents[1]
FILE = tomllib.loads((PROJECT / "deployment.toml").read_text(encoding="utf-8"))
ENVIRONMENTS: dict[str, dict[str, Any]] = FILE["environments"]


@dataclass(frozen=True)
class Synthesized:
    """The app as it is in an environment. `stacks`: name -> template, of the cloud assembly in `assembly`."""

    assembly: Path
    environment: str
    deployment: str
    stacks: Mapping[str, Template]

    def stack(self, ending: str) -> Template:
        return self.stacks[f"{self.deployment}-{ending}"]

    def setting(self, section: str, name: str) -> Any:
        """Of the environment, or else of the file."""
        own = ENVIRONMENTS[self.environment].get(section, {})
        return own[name] if name in own else FILE.get(section, {}).get(name)


def run(*arguments: str, **environment: str) -> None:
    """`python ARGUMENTS` in this project, with the Node that is installed beside Python. Fails with its output."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
