"""Synthesizes the app once: what is looked at is what is deployed."""

import os
import re
import subprocess
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from kit.cdk_cli import CDK, NODE, with_home
from kit.deploy.assembly import forget, stacks_in
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT

# What cdk synth tells a person who wants to see a template: nothing to do here.
ADVICE = re.compile(r"Successfully synthesized to |Supply a stack id \(|\d+ feature flags are not configured")
COLOR = re.compile(r"\x1b\[[\d;]*m")
# Of cdk deploy, and known to cdk synth, too.
SHARED = ("-c", "--context", "--profile", "--app", "-a")


def run_cli(arguments: Sequence[str], environ: Mapping[str, str] = os.environ, *, output: int | None = None) -> int:
    """The exit code. Its standard output goes where ours goes, or to the file descriptor `output`."""
    command = [str(NODE), str(CDK), *arguments]
    return subprocess.run(command, cwd=PROJECT, env=with_home(environ), stdout=output, check=False).returncode


def synthesize(config: Path, arguments: Sequence[str], assembly: Path, environ: Mapping[str, str] = os.environ) -> int:
    """`arguments` are those of the deploy. The exit code; an app without stacks is no failure. Raises ExternalError."""
    forget(assembly)
    shared = list(_shared(arguments))
    # --ci: errors go to standard error, and all else, such as warnings of constructs, to standard output.
    command = ["synth", "--quiet", "--ci", "--output", str(assembly), "-c", f"config={config}", *shared]
    with _without_advice() as output:
        code = run_cli(command, environ, output=output)
    present = stacks_in(assembly)
    if code == 0 and present is None:
        raise ExternalError(f"synthesized, but {assembly} has no cloud assembly; pass the folder with --output FOLDER")
    return 0 if present == set() else code


@contextmanager
def _without_advice() -> Iterator[int]:
    """A file descriptor whose output goes to standard error: standard output is for what kit diff prints."""
    reading, writing = os.pipe()
    thread = Thread(target=_pass_on, args=(reading,), daemon=True)
    thread.start()
    try:
        yield writing
    finally:
        os.close(writing)
        thread.join()
        os.close(reading)


def _pass_on(output: int) -> None:
    decoder = getincrementaldecoder("utf-8")("replace")
    text = ""
    while chunk := os.read(output, 4096):
        *lines, text = (text + decoder.decode(chunk)).split("\n")
        for line in lines:
            if not ADVICE.match(COLOR.sub("", line)):
                print(line, file=sys.stderr)
        if text.endswith(": "):  # the CLI asks, such as for the token of an MFA device
            print(text, end="", file=sys.stderr, flush=True)
            text = ""
    if text and not ADVICE.match(COLOR.sub("", text)):
        print(text, file=sys.stderr)


def option(arguments: Sequence[str], *names: str) -> str | None:
    """What follows the first of the options `names`, as `--name VALUE` or `--name=VALUE`."""
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            return value if equals else next(iter(arguments[position + 1 : position + 2]), None)
    return None


def _shared(arguments: Sequence[str]) -> Iterator[str]:
    for position, argument in enumerate(arguments):
        name, equals, _ = argument.partition("=")
        if name in SHARED:
            yield argument
            if not equals:
                yield from arguments[position + 1 : position + 2]
