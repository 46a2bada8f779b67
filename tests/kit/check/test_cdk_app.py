"""`kit check` of a real CDK app: its stages, nested stacks and context, and what it accepts."""

import shlex
import sys
from pathlib import Path

import pytest

from kit.__main__ import main

APP = shlex.join([sys.executable, str(Path(__file__).with_name("cdk_app.py"))])


def test_stages_nested_stacks_and_context_are_read_and_what_the_app_accepts_is_no_finding(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["check", "--app", APP, "--config", "secure"])

    printed = capsys.readouterr()
    assert (code, printed.out) == (0, ""), printed.out
    assert printed.err == "0 findings in 2 stacks: cfn-lint, the CDK's validation, cdk-nag, the kit's rules\n"
