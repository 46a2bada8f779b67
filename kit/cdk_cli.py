"""Runs the pinned CDK CLI and turns its output into events; knows nothing of what is deployed."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
NODE = PROJECT / ".venv" / "bin" / "node"
CDK = PROJECT / "node_modules" / "aws-cdk" / "bin" / "cdk"
STACK_LINE = re.compile(r"^(\S+): (deploying|destroying)\b.*?(\[\d+/\d+\])?$")
DONE_LINE = re.compile(r"^\s*(✅|❌)\s+(.*)$")


class CdkError(Exception):
    """When the CDK CLI ends with a fault; carries the end of what it printed."""


def run_cdk(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    on_line: Callable[[str], None] = lambda line: None,
) -> None:
    """Run `cdk ARGUMENTS`, keep all output in `log`, report stacks as they end. Raises CdkError."""
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
            text=True,
            start_new_session=True,  # its own group: the CLI, its app and Node end together
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
        raise CdkError(_explain(lines, arguments[0], log))


def _end(process: "subprocess.Popen[str]") -> None:
    """Ask the CLI and everything it started to end; after five seconds, and for what is left, there is no asking."""
    os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _event(line: str) -> str:
    """What a person is told of a line of the CLI's: a stack's begin and its end; of the others nothing."""
    text = line.rstrip()
    if done := DONE_LINE.match(text):
        return f"{'ok' if done[1] == '✅' else 'FAILED':<10} {done[2]}"
    if started := STACK_LINE.match(text):
        return f"{started[2]:<10} {started[1]} {started[3] or ''}".rstrip()
    return ""


def _explain(lines: Sequence[str], command: str, log: Path) -> str:
    tail = [line for line in lines if line.strip()][-15:]
    return "\n".join([f"cdk {command} failed; the whole output is in {log}", *tail])
