"""Synthesizes the app once: what is looked at is what is deployed."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kit.cdk_cli import CDK, NODE, with_home
from kit.deploy.assembly import forget, stacks_in
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT

# Of cdk deploy, and known to cdk synth, too.
STDERR = 2  # standard output is for what kit diff prints
SHARED = ("-c", "--context", "--profile", "--app", "-a")


def run_cli(arguments: Sequence[str], environ: Mapping[str, str] = os.environ, *, output: int | None = None) -> int:
    """The exit code. Its standard output goes where ours goes, or to the file descriptor `output`."""
    command = [str(NODE), str(CDK), *arguments]
    return subprocess.run(command, cwd=PROJECT, env=with_home(environ), stdout=output, check=False).returncode


def synthesize(config: Path, arguments: Sequence[str], assembly: Path, environ: Mapping[str, str] = os.environ) -> int:
    """`arguments` are those of the deploy. The exit code; an app without stacks is no failure. Raises ExternalError."""
    forget(assembly)
    shared = list(_shared(arguments))
    command = ["synth", "--quiet", "--output", str(assembly), "-c", f"config={config}", *shared]
    code = run_cli(command, environ, output=STDERR)
    present = stacks_in(assembly)
    if code == 0 and present is None:
        raise ExternalError(f"synthesized, but {assembly} has no cloud assembly; pass the folder with --output FOLDER")
    return 0 if present == set() else code


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
