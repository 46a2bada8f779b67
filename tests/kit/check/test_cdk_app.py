"""`kit check` of a real CDK app: its stages, nested stacks and context, and what it accepts."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from kit.__main__ import main

APP = shlex.join([sys.executable, str(Path(__file__).with_name("cdk_app.py"))])


def test_flaws_are_found_in_stages_and_nested_stacks_but_not_what_the_app_accepts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["check", "--app", APP, "--config", "flaws", "--json"])

    printed = capsys.readouterr()
    found = [json.loads(line) for line in printed.out.splitlines()]
    places = {(item["rule"], "Inner" in item["stack"], item["resource"][:5]) for item in found}
    assert code == 1
    assert "finding(s) in 2 stack(s)" in printed.err
    assert {
        ("kit-function-url-public", False, "Funct"),
        ("kit-lambda-permission-everybody", False, "Funct"),
        ("kit-secret-in-environment", False, "Funct"),
        ("AwsSolutions-S1", False, "Other"),
        ("AwsSolutions-SNS3", True, "Topic"),
    } <= places
    assert not [item for item in found if item["resource"].startswith(("Data", "Log"))]
