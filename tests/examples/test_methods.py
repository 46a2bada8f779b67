"""The demo of the methods: its deployment passes every check, and its table has a line for each method."""

from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.checks.check_deployment import check_deployment
from deployment.config import load_deployment_config
from deployment.datasets import prepare_datasets
from examples.methods.demo import EXAMPLE
from examples.methods.results import Result, result_table


def test_the_deployment_has_every_method_and_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path)
    config = load_deployment_config(EXAMPLE)

    check_deployment(config)

    assert {item.records for item in prepare_datasets(config).values()} == {0, 100, 118}
    methods = {item.method for item in config.customizations.values()}
    assert methods == {"FINE_TUNING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING"}
    assert {item.method for item in config.external_models.values()} == {"COPY", "SAGEMAKER", "IMPORT"}
    assert [item.base_customization for item in config.customizations.values() if item.base_customization] == ["tuned"]


def test_the_table_has_a_line_for_each_method() -> None:
    result = Result("distillation", "amazon.nova-lite-v1:0:300k", "100 records", 5.0, "at least 2.11", "loss 0.58")

    head, line = result_table([result])

    assert head.split() == ["method", "base", "model", "data", "seconds", "USD", "result"]
    assert line == "distillation  amazon.nova-lite-v1:0:300k  100 records  5.0      at least 2.11  loss 0.58"
