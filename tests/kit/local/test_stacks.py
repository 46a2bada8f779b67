"""What is said of stacks while `make up` looks at them."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from kit.local.stacks import LocalStacks
from kit.progress import Progress
from tests.deployment_file import shipped_file


def test_commands_ask_the_embedded_aws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shipped_file()
    stacks = LocalStacks(region="us-east-1", state=tmp_path, port=None, progress=Progress(total=1))

    stacks.absent(file, load_deployment_config(file)).waiting.say("1 custom model stays; kit reap shows what is left")

    assert "kit reap --local shows what is left" in capsys.readouterr().out
