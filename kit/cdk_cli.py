"""Runs the pinned CDK CLI, logs its output and reports each stack as it starts and ends."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kit_contract.errors import ExternalError
from kit_contract.places import BIN, IS_INSTALLED, PROJECT

NODE = Path((IS_INSTALLED and not (BIN / "node").exists() and shutil.which("node")) or BIN / "node")
CDK = PROJECT / "node_modules" / "aws-cdk" / "bin" / "cdk"
# Context of the app on the embedded AWS, where waiting for AWS is not needed.
EMBEDDED_CONTEXT = (
    *("custom_resource_query_seconds=1", "ingestion_batching_seconds=1"),
    *("role_propagation_seconds=1", "knowledge_base_seconds=1"),
)
STACK_LINE = re.compile(r"^(\S+): (deploying|destroying)\b.*?(\[\d+/\d+\])?$")
DONE_LINE = re.compile(r"^\s*(✅|❌)\s+(.*)$")


def run_cdk(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    on_line: Callable[[str], None] = lambda line: None,
) -> None:
    """Run `cdk ARGUMENTS` with its output in `log`. Raises ExternalError with the last lines of the output."""
    command = [str(NODE), str(CDK), *arguments]
    lines: list[str] = []
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ cdk {' '.join(arguments)}\n")
        with subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a process group of its own: the CLI, its app and Node end together
        ) as process:
            assert process.stdout
            try:
                for line in process.stdout:
                    file.write(line)
                    lines.append(line.rstrip())
                    if event := _event(line):
                        on_line(event)
                code = process.wait()
            except BaseException:
                _end(process)
                raise
    if code != 0:
        raise ExternalError(_explain(lines, arguments[0], log))


def environment_arguments(environment: str | None) -> list[str]:
    """What the app is told of --environment."""
    return ["-c", f"environment={environment}"] if environment else []


def with_home(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ`; where its HOME does not exist, one in the project: the CLI tries for ever to make it.

    Where the kit is installed, an app's `python` is the one that has it, also if its environment is not activated.
    """
    if IS_INSTALLED:
        environ = {**environ, "PATH": os.pathsep.join((str(BIN), environ.get("PATH") or os.defpath))}
    if Path(environ.get("HOME", "")).is_absolute() and Path(environ["HOME"]).is_dir():
        return dict(environ)
    home = PROJECT / ".local" / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {**environ, "HOME": str(home)}


def _end(process: "subprocess.Popen[str]") -> None:
    """Terminate the CLI and everything it started; kill what is left after five seconds."""
    os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _event(line: str) -> str:
    """The start or end of a stack in words; empty for every other line of output."""
    text = line.rstrip()
    if done := DONE_LINE.match(text):
        return f"{'ok' if done[1] == '✅' else 'FAILED':<10} {done[2]}"
    if started := STACK_LINE.match(text):
        return f"{started[2]:<10} {started[1]} {started[3] or ''}".rstrip()
    return ""


def _explain(lines: Sequence[str], command: str, log: Path) -> str:
    tail = [line for line in lines if line.strip()][-15:]
    return "\n".join([f"cdk {command} failed; the whole output is in {log}", *tail])
