"""The pinned CDK CLI runs on a machine without Node, as `make deploy` and README's first deploy need it."""

import subprocess
from pathlib import Path

from kit.cdk_cli import CDK, NODE, PROJECT


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
