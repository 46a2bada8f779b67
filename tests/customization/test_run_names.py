"""Names from content: what changes a run, what does not, and Bedrock's rules for names."""

import re

import pytest

from customization import run_names
from deployment.checks.training import MAX_MODEL_OWNER
from tests.customization.aws import SPECIFICATION

SHA = "a" * 64


@pytest.mark.parametrize(
    "change",
    [
        {"base_model": "amazon.nova-lite-v1:0:300k"},
        {"method": "CONTINUED_PRE_TRAINING"},
        {"hyperparameters": {"epochCount": "3"}},
        {"validation_key": "data/support/validation/0123.jsonl"},
    ],
)
def test_what_changes_the_model_changes_the_run(change: dict[str, object]) -> None:
    assert run_names.run_id({**SPECIFICATION, **change}, SHA) != run_names.run_id(SPECIFICATION, SHA)


def test_other_data_is_another_run() -> None:
    assert run_names.run_id(SPECIFICATION, "b" * 64) != run_names.run_id(SPECIFICATION, SHA)


@pytest.mark.parametrize("change", [{"alias": "other"}, {"serving": "provisioned"}, {"role_arn": "other"}])
def test_what_does_not_change_the_model_keeps_the_run(change: dict[str, object]) -> None:
    assert run_names.run_id({**SPECIFICATION, **change}, SHA) == run_names.run_id(SPECIFICATION, SHA)


def test_the_order_of_hyperparameters_keeps_the_run() -> None:
    one = {**SPECIFICATION, "hyperparameters": {"epochCount": "2", "learningRate": "0.00001"}}
    two = {**SPECIFICATION, "hyperparameters": {"learningRate": "0.00001", "epochCount": "2"}}

    assert run_names.run_id(one, SHA) == run_names.run_id(two, SHA)


@pytest.mark.parametrize(
    ("deployment", "customization"), [("sup", "support"), ("d" * 31, "c-" * 7), ("d" * 15, "c" * 30)]
)
def test_model_names_keep_bedrocks_rules(deployment: str, customization: str) -> None:
    """The longest owner that synth accepts leaves room for the run id."""
    customization = customization.rstrip("-")
    assert len(f"{deployment}-{customization}") <= MAX_MODEL_OWNER

    name = run_names.custom_model_name(deployment, customization, run_names.run_id(SPECIFICATION, SHA))

    assert re.fullmatch(r"([0-9a-zA-Z][_-]?){1,63}", name)
    assert len(name) <= 63
