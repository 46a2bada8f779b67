"""What stops a pipeline, and what an approval and the deploy are told."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main

PRICE = {"hour": 2.0, "month": 1460.0, "committed": 0.0, "at_least": True}


def written(folder: Path, *kinds: str, **more: Any) -> Path:
    effects = [
        {"kind": kind, "subject": "it's $HOME", "what": "why", "stack": "s", "usd": None, "optional": False}
        for kind in kinds
    ]
    usd = {"before": None, "after": PRICE, "difference_per_hour": None, "difference_per_month": None}
    found = {"effects": effects, "needs_consent": list(kinds), "digest": "1a2b3c4d", "usd": usd, **more}
    file = folder / "diff.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    return file


def test_kinds_that_are_not_allowed_stop_it_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, output = written(tmp_path, "buy", "retrain", environment="prod"), tmp_path / "gate.sh"

    assert main(["pipeline", "gate", "--allow", "retrain", "--output", str(output), str(file)]) == 3

    said = capsys.readouterr()
    assert "may not buy there; if it should, add it to accept of stages.prod" in said.err
    assert "s: it's $HOME" in said.out
    assert not output.exists()


def test_a_shell_reads_the_variables_as_they_are_meant(tmp_path: Path) -> None:
    file, output = written(tmp_path, "retrain", deployment="shop-prod"), tmp_path / "gate.sh"

    assert main(["pipeline", "gate", "--allow", "retrain", "--output", str(output), str(file)]) == 0

    command = ["bash", "-c", f'. {output}; printf "%s\\n" "$KIT_SUMMARY" "$KIT_ACCEPT"']
    summary, accept = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert accept == "retrain@1a2b3c4d"
    assert "at least 2.00 USD an hour, 1,460.00 a month (what is deployed has no known price)" in summary
    assert "retrain s: it's $HOME; approving accepts retrain@1a2b3c4d" in summary


def test_nothing_to_accept_is_a_word_because_codepipeline_passes_on_no_empty_value(tmp_path: Path) -> None:
    file, output = written(tmp_path), tmp_path / "gate.sh"

    assert main(["pipeline", "gate", "--output", str(output), str(file)]) == 0
    assert "export KIT_ACCEPT=nothing\n" in output.read_text(encoding="utf-8")


@pytest.mark.parametrize(("content", "wrong"), [("{", "is not JSON"), ("[]", "is not what kit diff --json prints")])
def test_another_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, wrong: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(content, encoding="utf-8")

    assert main(["pipeline", "gate", str(file)]) == 2
    assert wrong in capsys.readouterr().err


def test_the_words_of_the_builds_are_those_of_the_gate() -> None:
    from bedrock_constructs.pipelines import codepipeline_commands
    from kit.pipeline import gate

    assert gate.NOTHING == codepipeline_commands.NOTHING
    found = {
        **json.loads('{"effects": [], "needs_consent": [], "digest": ""}'),
        "usd": {"before": None, "after": PRICE},
    }
    names = [line.split("=")[0].removeprefix("export ") for line in gate.variables(found).splitlines()]
    assert names == [codepipeline_commands.SUMMARY, codepipeline_commands.ACCEPT]
