"""`kit data`: the dispatcher and what it costs to start."""

import subprocess
import sys
from pathlib import Path

import pytest

from kit.__main__ import main
from kit.data.command import ACTIONS

PROJECT = Path(__file__).resolve().parents[3]
GOOD = (
    '{"schemaVersion": "bedrock-conversation-2024", "messages": [{"role": "user", "content": [{"text": "E1?"}]},'
    ' {"role": "assistant", "content": [{"text": "The tank is empty."}]}]}\n'
)
HEAVY = {"aws_cdk", "boto3", "botocore", "pydantic", "pandas", "jsii"}
MODEL = "amazon.nova-micro-v1:0:128k"


def test_help_names_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["data", "--help"])

    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert [name for name in ACTIONS if name not in printed] == []


@pytest.mark.parametrize("name", ACTIONS)
def test_help_of_a_subcommand_is_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["data", name, "--help"])

    assert ended.value.code == 0
    assert f"usage: kit data {name}" in capsys.readouterr().out


def test_an_unknown_subcommand_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["data", "chekc"])

    assert ended.value.code == 2
    assert "check" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["data", "--help"], ["data", "check", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from kit.__main__ import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["data check FILE --model MODEL", "data check FILE --model MODEL --json", "models"])
def test_an_output_without_space_is_an_error_without_traceback(tmp_path: Path, command: str) -> None:
    (tmp_path / "train.jsonl").write_text(GOOD * 8, encoding="utf-8")
    arguments = command.replace("FILE", str(tmp_path / "train.jsonl")).replace("MODEL", MODEL).split()

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kit", *arguments], cwd=PROJECT, stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.stderr == f"kit {' '.join(arguments[:2])}: the output cannot be written: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.parametrize("command", ["cost", "models refresh --dry-run"])
def test_a_python_without_the_packages_says_which_one_has_them(command: str) -> None:
    arguments = [sys.executable, "-S", "-m", "kit", *command.split()]

    done = subprocess.run(arguments, cwd=PROJECT, capture_output=True, text=True)

    assert done.returncode == 2
    assert "; run make setup, then .venv/bin/python -m kit " in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_closed_output_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(GOOD * 8, encoding="utf-8")
    command = f"{sys.executable} -m kit data check {tmp_path / 'train.jsonl'} --model {MODEL} >&-"

    done = subprocess.run(["bash", "-c", command], cwd=PROJECT, stderr=subprocess.PIPE, text=True)

    assert (done.stderr, done.returncode) == ("", 0)


def test_a_good_file_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(GOOD * 8, encoding="utf-8")

    assert main(["data", "check", str(file), "--model", MODEL]) == 0
    assert "8 records" in capsys.readouterr().out
