"""`make demo-stores`: every store is built, finds the documents, and nothing is left running."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws import emulator
from tests.synthesized import PROJECT

pytestmark = [pytest.mark.end_to_end, pytest.mark.nightly]


def test_each_store_finds_most_documents_and_nothing_is_left_running(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "examples.stores", "--folder", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    state = tmp_path / "demo-stores"
    results = json.loads((state / "summary.json").read_text(encoding="utf-8"))
    assert {item["store"] for item in results} >= {"s3-vectors", "aurora-postgresql", "opensearch-serverless"}
    assert min(item["recall"] for item in results) > 0.8
    assert min(item["ingestion_seconds"] for item in results) > 0
    assert emulator.running(state) is None
