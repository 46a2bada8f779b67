"""What the CDK CLI prints of the synthesis: warnings and questions are shown, its advice about `cdk synth` is not."""

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit.deploy import synthesis

WARNING = "[Warning at /stack/Bucket] möglich"
OUTPUT = f"""{WARNING}
\x1b[32mSuccessfully synthesized to \x1b[34m/tmp/kit-diff-1/assembly\x1b[39m\x1b[39m
Supply a stack id (one, two) to display its template.
79 feature flags are not configured. Run 'cdk flags --unstable=flags' to learn more.
MFA token for arn:aws:iam::111122223333:mfa/me: """
LAST = "the last words, without an end of line"


def test_advice_about_another_command_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def shown_until_the_question() -> str:
        """A question has no end of line, and is not answered before it is seen."""
        text, deadline = "", time.monotonic() + 10
        while not text.endswith("mfa/me: "):
            assert time.monotonic() < deadline, f"the question is not shown: {text}"
            time.sleep(0.001)
            text += capfd.readouterr().err
        return text

    def run(command: list[str], *, stdout: int, **_: Any) -> Any:
        assert "--ci" in command, "errors must go to standard error"
        (tmp_path / "manifest.json").write_text('{"artifacts": {}}')
        os.write(stdout, OUTPUT.encode())
        shown.append(shown_until_the_question())
        os.write(stdout, f"\n{LAST}".encode())
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr("kit.deploy.synthesis.subprocess.run", run)

    assert synthesis.synthesize(tmp_path / "deployment.toml", [], tmp_path) == 0

    rest = capfd.readouterr()
    assert shown == [f"{WARNING}\nMFA token for arn:aws:iam::111122223333:mfa/me: "]
    assert (rest.out, rest.err) == ("", f"\n{LAST}\n")
