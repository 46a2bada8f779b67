"""Thousands of requests that schemathesis makes from the description, right and wrong ones, against the handler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inference_api.openapi.document import document
from tests.inference_api.described_server import KEY, described_server, described_settings

CASES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "1200"))  # of each operation: more than 10,000 together
# 400: what a schema cannot say (messages of blank text only, what Bedrock refuses). 401: keys that it makes up.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "404"]
"""


@pytest.mark.nightly
def test_every_request_is_answered_as_described(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    described = document()
    described["components"]["schemas"]["Alias"] = {"enum": list(described_settings().aliases)}
    (tmp_path / "openapi.json").write_text(json.dumps(described), encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    options = ["--checks", "all", "--continue-on-failure", "--no-color", "-n", str(CASES)]
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", "openapi.json"]

    with described_server(monkeypatch, tmp_path) as url:
        header = f"Authorization: Bearer {KEY}"  # x-api-key would win over the wrong keys that it tries
        run = subprocess.run(
            [*command, "--url", url, "-H", header, *options], cwd=tmp_path, capture_output=True, text=True
        )

    assert run.returncode == 0, run.stdout + run.stderr
