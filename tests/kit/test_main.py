"""Errors of a command: the class decides message and exit code; a bug keeps its traceback."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from kit.__main__ import COMMANDS, explain, main
from kit_contract.errors import ExternalError, InputError

DENIED = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "ListFoundationModels")


@pytest.mark.parametrize(
    ("error", "message", "code"),
    [
        (InputError("no such model"), "kit models show: no such model", 2),
        (ExternalError("the CLI failed"), "the CLI failed", 1),
        (DENIED, "kit models show: An error occurred (AccessDenied) when calling the ListFoundationModels", 1),
        (NoCredentialsError(), "kit models show: Unable to locate credentials; you are not logged in; log in again", 1),
        (PermissionError(13, "Permission denied", "a.toml"), "kit models show: a.toml: Permission denied", 1),
    ],
)
def test_an_error_is_one_message(error: Exception, message: str, code: int) -> None:
    text, exit_code = explain(error, "kit models show", Namespace())

    assert text.startswith(message)
    assert exit_code == code


@pytest.mark.parametrize("bug", [ValueError("x"), KeyError("x"), OSError(5, "Input/output error")])
def test_a_bug_is_raised(bug: Exception) -> None:
    with pytest.raises(type(bug)):
        explain(bug, "kit cost", Namespace())


def test_a_profile_that_does_not_exist_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "absent")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))

    done = subprocess.run([sys.executable, "-m", "kit", "reap"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(
        "kit reap: The config profile (absent) could not be found; choose one that aws configure"
    )
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])

    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: kit {name}")


def test_help_of_local_explains_its_actions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["local", "--help"])

    assert "stop the embedded AWS; what is deployed on it is lost" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", ["capacity", "reap"])
def test_without_credentials_a_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    region = ["--region", "us-east-1"] if command == "reap" else []

    assert main([command, *region]) == 1

    error = capsys.readouterr().err
    assert "until aws sts get-caller-identity answers" in error
    assert "for the embedded AWS that make up started, add --local" in error


@pytest.mark.parametrize(
    ("words", "prog"),
    [
        (("models", "show", "x", "--wrong"), "kit models show"),
        (("runs", "--local", "show", "support", "more"), "kit runs show"),
        (("local", "up", "--local"), "kit local up"),
        (("cost", "--wrong"), "kit cost"),
        (("--wrong", "cost"), "kit"),
    ],
)
def test_an_unknown_argument_shows_the_usage_of_its_command(
    words: tuple[str, ...], prog: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))

    printed = capsys.readouterr().err
    assert ended.value.code == 2
    assert printed.startswith(f"usage: {prog} ")
    assert f"{prog}: error: unrecognized arguments: " in printed


def test_two_formats_at_a_time_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--json", "--markdown"]) == 2
    assert "--json and --markdown print different things; choose one" in capsys.readouterr().err
