"""Reads shell snippets with bash itself: every command that it would run is recorded, with its real arguments."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import Block

# A snippet uses what a reader has: these, and what `make setup` put into .venv/bin.
TOOLS = ("aws", "curl", "make", "ollama", "python3", ".venv/bin/python", ".venv/bin/node", ".venv/bin/uv")
INSTALLED = ("bedrock-kit", "npm", "npx", "pip", "pytest")  # in a project of one's own
SHORT = ("kit", "cdk", "python")  # in prose only, for .venv/bin/python -m kit and so on
DEFINED = {"API_URL": "https://host/prod", "KEY": "the-key"}  # by docs/inference-api.md, for every later snippet
RECORDER = r"""#!/bin/bash
case $0 in .venv/*) name=$0 ;; *) name=${0##*/} ;; esac
words=$(printf '%s\x1f' "$AT" "$name" "$@"; printf .)
printf '%s\x1e' "$words" >> "$RECORDED"
"""


@dataclass(frozen=True)
class Command:
    """`words`: the program and its arguments, as bash passes them."""

    at: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.at}: {' '.join(self.words)}"


def commands(snippets: Sequence[Block], folder: Path, *, prose: bool = False) -> list[Command]:
    """What the snippets run, in order. Raises ValueError for anything that is not in TOOLS, and for bash's errors."""
    _recorders(folder, (*TOOLS, *INSTALLED, *SHORT) if prose else (*TOOLS, *INSTALLED))
    script = "".join(f"export AT='{snippet}'\n{snippet.text}" for snippet in snippets) + "wait\n"
    record = folder / "recorded"
    record.unlink(missing_ok=True)
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-u", "-o", "noglob", "-c", script],
        cwd=folder,
        env={"PATH": str(folder / "bin"), "RECORDED": str(record), **DEFINED},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.stderr:
        raise ValueError(f"{snippets[0].page}: bash says: {done.stderr.strip()}")
    return _recorded(record)


def _recorders(folder: Path, names: Sequence[str]) -> None:
    recorder = folder / "recorder"
    recorder.write_text(RECORDER, encoding="utf-8")
    recorder.chmod(0o755)
    for name in names:
        path = folder / (name if "/" in name else f"bin/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.symlink_to(recorder)


def _recorded(record: Path) -> list[Command]:
    text = record.read_text(encoding="utf-8") if record.exists() else ""
    entries = [entry.split("\x1f")[:-1] for entry in text.split("\x1e")[:-1]]
    return [Command(at, tuple(words)) for at, *words in entries]
