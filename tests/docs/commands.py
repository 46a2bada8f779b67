"""Checks the recorded commands of snippets, each with the program's own parser or definition."""

import importlib.util
import os
import re
import shlex
import subprocess
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from functools import cache
from io import StringIO

from kit.__main__ import command_line
from tests.docs.aws_cli import check_s3, parse
from tests.docs.pages import PROJECT
from tests.docs.shell import DEFINED, Command

CDK = "node_modules/aws-cdk/bin/cdk"
PYTEST_NAME = re.compile(r"\b(?!and\b|or\b|not\b)\w+")


def check(command: Command, *, mention: bool = False) -> None:
    """Raises ValueError, with page and line, if the command cannot work. A `mention` may lack what is required."""
    try:
        _check(command.words, mention)
    except ValueError as error:
        raise ValueError(f"{command}: {error}") from None


@cache
def _check(command: tuple[str, ...], mention: bool) -> None:
    program, *words = command
    checks: dict[str, Callable[[], None]] = {
        "aws": lambda: check_aws(words, mention=mention),
        "make": lambda: check_make(words),
        "kit": lambda: check_kit(words, mention=mention),
        "bedrock-kit": lambda: check_installed_kit(words, mention=mention),
        "npm": lambda: _one_of(words, ["ci"]),
        "npx": lambda: check_cdk(words[1:]) if words[0] == "cdk" else _one_of(words, ["cdk"]),
        "pip": lambda: _one_of(words[:1], ["install"]),
        "pytest": lambda: check_pytest(words),
        "cdk": lambda: check_cdk(words),
        "python": lambda: check_python(words, mention=mention),
        "python3": lambda: check_python(words, mention=mention),
        ".venv/bin/python": lambda: check_python(words, mention=mention),
        ".venv/bin/node": lambda: check_node(words),
        ".venv/bin/uv": lambda: check_uv(words),
        "curl": lambda: check_curl(words),
        "ollama": lambda: None,  # another project's program, which reads no file of this one
    }
    checks[program]()


# Commands of the AWS CLI that call no operation: https://docs.aws.amazon.com/cli/latest/reference/configure/
CLIENT_ONLY = (("configure",), ("configure", "list-profiles"), ("configure", "list"), ("sso", "login"))


def check_aws(words: Sequence[str], *, mention: bool = False) -> None:
    if words[0] == "s3":
        check_s3(words[1:])
    elif tuple(words[:2]) in CLIENT_ONLY:
        return
    else:
        parse(words, mention=mention and not any(word.startswith("--") for word in words))


def check_make(words: Sequence[str]) -> None:
    """The target exists, uses each variable, and what it runs of the kit takes the arguments."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--dry-run", *words],
        cwd=PROJECT,
        env={**plain, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stderr.strip())
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for name in (word.partition("=")[0] for word in words if "=" in word):
        if f"$({name})" not in makefile and f"$(or $({name})" not in makefile:
            raise ValueError(f"the Makefile uses no {name}")
    for line in re.findall(r"python -m kit ([^;\n]+)", done.stdout):
        check_kit(shlex.split(line))


def check_kit(words: Sequence[str], *, mention: bool = False) -> None:
    """The real parser takes it. A mention without an option or argument names an existing command."""
    parser = _Strict.of(command_line())
    try:
        with redirect_stdout(StringIO()), suppress(SystemExit):  # --help ends
            parser.parse_args(list(words))
    except ValueError as error:
        if not (mention and "required" in str(error)):
            raise
        check_options(words)


def check_installed_kit(words: Sequence[str], *, mention: bool = False) -> None:
    """The same commands, and `local install`, which make setup does in a clone."""
    if list(words) != ["local", "install"]:
        check_kit(words, mention=mention)


def _one_of(words: Sequence[str], known: Sequence[str]) -> None:
    if list(words) != list(known):
        raise ValueError(f"it takes {' '.join(known)} here, got {' '.join(words)}")


class _Strict:
    """argparse that raises ValueError where it would end the process."""

    @staticmethod
    def of(parser: ArgumentParser) -> ArgumentParser:
        def error(message: str) -> None:
            raise ValueError(message)

        parser.error = error  # type: ignore[assignment,method-assign]
        for action in parser._actions:
            if isinstance(action, _SubParsersAction):
                for inner in action.choices.values():
                    _Strict._when_loaded(inner)
        return parser

    @staticmethod
    def _when_loaded(parser: ArgumentParser) -> None:
        """A command adds its actions when it is parsed."""
        parse = parser.parse_known_args

        def parse_known_args(*arguments: object, **settings: object) -> object:
            with suppress(SystemExit), redirect_stdout(StringIO()):
                parse(["--help"])
            _Strict.of(parser)
            return parse(*arguments, **settings)

        parser.parse_known_args = parse_known_args  # type: ignore[assignment,method-assign]


def check_options(words: Sequence[str]) -> None:
    """Each option exists in the command, whose required arguments are left out."""
    commands = [word for word in words if not word.startswith("-")][:2]
    usage = _help(tuple(commands))
    for option in (word.partition("=")[0] for word in words if word.startswith("--")):
        if not re.search(rf"{option}(?![\w-])", usage):
            raise ValueError(f"kit {' '.join(commands)} has no {option}")


@cache
def _help(commands: tuple[str, ...]) -> str:
    with suppress(SystemExit), redirect_stdout(StringIO()) as printed:
        command_line().parse_args([*commands, "--help"])
    return printed.getvalue()


def check_cdk(words: Sequence[str]) -> None:
    command, *rest = words
    known = _cdk_help(command)
    for option in (word.partition("=")[0] for word in rest if word.startswith("-")):
        if not re.search(rf"(^|\s){option}(?![\w-])", known):
            raise ValueError(f"cdk {command} has no {option}")


@cache
def _cdk_help(command: str) -> str:
    node = PROJECT / ".venv" / "bin" / "node"
    done = subprocess.run(
        [node, PROJECT / CDK, command, "--help"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if f"cdk {command}" not in done.stdout:
        raise ValueError(f"cdk has no command {command!r}")
    return done.stdout


def check_python(words: Sequence[str], *, mention: bool = False) -> None:
    """`-m kit ...`, `-m pytest ...`, `-m` a module of the project, or `-c` code."""
    flag, what, *rest = words
    if flag == "-c":
        try:
            compile(what, "-c", "exec")
        except SyntaxError as error:
            raise ValueError(str(error)) from None
    elif flag != "-m":
        raise ValueError(f"python takes -m MODULE or -c CODE here, got {flag}")
    elif what == "kit":
        check_kit(rest, mention=mention)
    elif what == "pytest":
        check_pytest(rest)
    elif importlib.util.find_spec(what) is None or not (PROJECT / what.split(".")[0]).is_dir():
        raise ValueError(f"the project has no module {what}")


def check_pytest(words: Sequence[str]) -> None:
    """The paths exist, and each name of -k is in the name of a test there."""
    chosen = words[words.index("-k") + 1] if "-k" in words else ""
    paths = [word for word in words if "/" in word]
    tests = ""
    for path in paths:
        if not (PROJECT / path).exists():
            raise ValueError(f"there is no {path}")
        files = (PROJECT / path).rglob("test_*.py") if (PROJECT / path).is_dir() else [PROJECT / path]
        tests += "\n".join(
            f"{file.name}\n" + "\n".join(re.findall(r"def (test\w+)", file.read_text())) for file in files
        )
    for name in PYTEST_NAME.findall(chosen):
        if name not in tests:
            raise ValueError(f"no test in {' '.join(paths)} has {name} in its name")


def check_node(words: Sequence[str]) -> None:
    if words[0] != CDK:
        raise ValueError(f"node runs {CDK} here, got {words[0]}")
    check_cdk(words[1:])


def check_uv(words: Sequence[str]) -> None:
    """Only what requirements-optional.txt locks."""
    wanted = [word for word in words[2:] if not word.startswith("-")]
    locked = (PROJECT / "requirements-optional.in").read_text(encoding="utf-8")
    if list(words[:2]) != ["pip", "install"] or any(f"\n{name}==" not in locked for name in wanted):
        raise ValueError(f"uv installs packages of requirements-optional.in here, got {' '.join(words)}")


def check_curl(words: Sequence[str]) -> None:
    """A POST of JSON with the key to a route of the API, in which /v1 stands once."""
    (address,) = [word for word in words if "://" in word]
    if not re.fullmatch(rf"{DEFINED['API_URL']}/v1(/[a-z-]+)+", address):
        raise ValueError(f"the address is $API_URL/v1/..., got {address}")
    if f"Authorization: Bearer {DEFINED['KEY']}" not in words:
        raise ValueError("curl sends the header Authorization: Bearer $KEY")
