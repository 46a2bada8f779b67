"""The handler of the collector: in whose account it asks, and one log line without data."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from customization import invocation
from customization.handlers import collect_data
from kit_contract.dataset_collection import DatasetCollection
from kit_contract.dataset_limits import DatasetLimits
from tests.customization.aws import BUCKET


def test_the_collector_is_asked_in_the_functions_own_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = DatasetCollection(
        customization="support",
        bucket=BUCKET,
        base_model="amazon.nova-micro-v1:0:128k",
        method="FINE_TUNING",
        limits=DatasetLimits("converse", 2, 4),
        dataset=("s3://theirs/train/",),
    )

    class Collecting:
        def __init__(self, collection: DatasetCollection, *, s3: str, account: str, folder: Path) -> None:
            assert (collection, s3, account) == (asked, "s3", "111122223333")
            assert folder.is_dir()

        def collect(self) -> dict[str, Any]:
            return {"key": "data/support/0f.jsonl", "records": 2, "media": 0, "stored": True}

    monkeypatch.setattr(invocation, "client", lambda service: service)
    monkeypatch.setattr(collect_data, "Collector", Collecting)
    context = SimpleNamespace(invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:Collector")

    assert collect_data.handler(asked.to_json(), context)["key"] == "data/support/0f.jsonl"
    assert json.loads(capsys.readouterr().err)["customization"] == "support"
