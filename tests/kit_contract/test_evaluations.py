"""The settings of an evaluation cross the border of an SSM parameter, and change no run."""

import json
from dataclasses import replace

import pytest

from kit_contract.evaluations import EvaluationSpecification, Threshold
from kit_contract.runs import Run, RunSpecification, new_run
from tests.customization.aws import specification

FULL = EvaluationSpecification(
    dataset_key="data/support/evaluation/0123.jsonl",
    metrics={"token_f1": Threshold(0.5, -0.02), "rouge_l": Threshold()},
    baseline="amazon.nova-micro-v1:0",
    judge_model="amazon.nova-lite-v1:0",
    topic_arn="arn:aws:sns:us-east-1:111122223333:Approvals",
    prices={"candidate": (1e-6, 2e-6)},
)


@pytest.mark.parametrize("settings", [None, FULL, replace(FULL, judge_model="", topic_arn="", prices={})])
def test_a_specification_is_read_as_it_was_written(settings: EvaluationSpecification | None) -> None:
    written = specification(evaluation=settings)

    assert RunSpecification.from_json(json.loads(json.dumps(written.to_json()))) == written
    assert ("evaluation" in written.to_json()) is (settings is not None)


def test_an_evaluation_is_not_in_the_id_of_a_run() -> None:
    """A model is not trained again because it is evaluated."""
    with_one, without = (
        new_run(specification(evaluation=item), kit_deployment="sup", key="k", dataset_sha256="0" * 64)
        for item in (FULL, None)
    )

    assert with_one.run_id == without.run_id
    assert Run.from_json(json.loads(json.dumps(with_one.to_json()))) == with_one


def test_what_cannot_change_a_verdict_is_not_in_its_hash() -> None:
    same = replace(FULL, prices={}, topic_arn="", approval_seconds=5)

    assert same.settings_hash == FULL.settings_hash
    for changed in (
        replace(FULL, confidence=0.9),
        replace(FULL, below="approve"),
        replace(FULL, metrics={"token_f1": Threshold(0.6)}),
        replace(FULL, dataset_key="other.jsonl"),
    ):
        assert changed.settings_hash != FULL.settings_hash


def test_the_settings_of_the_next_release_are_no_obstacle() -> None:
    assert EvaluationSpecification.from_json({**FULL.to_json(), "new_setting": 1}) == FULL
