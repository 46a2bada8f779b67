"""The pinned CDK CLI runs on a machine without Node, as `make deploy` and README's first deploy need it."""

import subprocess
from pathlib import Path

import pytest

from kit.cdk_cli import CDK, NODE, run_cdk
from kit_contract.errors import ExternalError
from kit_contract.places import PROJECT

OUTPUT = """
support-training: start: Publishing support-training Template (000000000000-us-east-1-bd287948)
support-training: creating CloudFormation changeset...
support-training: deploying... [2/4]
support-training | 9/10 | 6:28:12 PM | CREATE_COMPLETE | AWS::IAM::Role | Role

✅  support-training
 ✅  support-api (no changes)
 ❌  support-api failed: the reason
support-training: destroying...
✅  support-training: destroyed
"""


def test_the_cli_and_the_app_need_nothing_on_path(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [str(NODE), str(CDK), "list", "--output", str(tmp_path / "out")],
        cwd=PROJECT,
        env={**environment, "CDK_VALIDATION": "false", "CDK_DISABLE_CLI_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "support-assistant-training" in done.stdout
    assert "end-of-life" not in done.stderr


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CLI that prints the file `output` and exits with its first argument."""
    script = tmp_path / "cli.sh"
    script.write_text('cat "$(dirname "$0")/output"; exit "$1"\n', encoding="utf-8")
    (tmp_path / "output").write_text(OUTPUT, encoding="utf-8")
    monkeypatch.setattr("kit.cdk_cli.NODE", "/bin/sh")
    monkeypatch.setattr("kit.cdk_cli.CDK", script)
    return tmp_path


def test_start_and_end_of_each_stack_are_reported(cli: Path) -> None:
    shown: list[str] = []

    run_cdk(["0"], environment={"PATH": "/usr/bin:/bin"}, log=cli / "log", on_line=shown.append)

    assert shown == [
        "deploying  support-training [2/4]",
        "ok         support-training",
        "ok         support-api (no changes)",
        "FAILED     support-api failed: the reason",
        "destroying support-training",
        "ok         support-training: destroyed",
    ]
    assert (cli / "log").read_text(encoding="utf-8").endswith(OUTPUT)


def test_a_failure_shows_the_last_lines_and_the_log_file(cli: Path) -> None:
    with pytest.raises(ExternalError, match=r"whole output is in .*log\n(.|\n)*the reason"):
        run_cdk(["3"], environment={"PATH": "/usr/bin:/bin"}, log=cli / "log")
