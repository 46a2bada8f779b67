"""The cost of an evaluation: tokens of the records that are asked, twice, and of the judge in both orders."""

import json
from pathlib import Path

import pytest

from deployment.config import DeploymentConfig
from deployment.costs import evaluation
from deployment.costs.evaluation import ORDERS, HeldOut, evaluation_groups, held_out
from deployment.costs.lines import CostGroup
from deployment.datasets import prepare_datasets
from tests.deployment_file import shipped_config

JUDGE = "amazon.nova-lite-v1:0"


def with_evaluation(**changes: object) -> DeploymentConfig:
    value = shipped_config().model_dump()
    value["training"]["customizations"]["support"]["evaluation"] |= changes
    return DeploymentConfig.model_validate(value)


def test_a_share_of_a_long_file_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "held-out.jsonl"
    record = {"prompt": "word " * 100, "completion": "word " * 50}
    file.write_text((json.dumps(record) + "\n") * 40, encoding="utf-8")
    whole, part = held_out(file, 100), held_out(file, 10)

    assert (whole.records, part.records) == (40, 10)
    assert part == HeldOut(10, whole.questions // 4, whole.references // 4)
    assert whole.questions > whole.references


def test_both_models_are_asked_and_a_judge_reads_both_orders() -> None:
    (group,) = evaluation_groups(with_evaluation(), prepare_datasets(with_evaluation()))
    judged = with_evaluation(judge_model=JUDGE, metrics={"win_rate": {"at_least": 0.5}})
    (dearer,) = evaluation_groups(judged, prepare_datasets(judged))

    assert [line.part for line in group.lines] == [
        f"{part}, {way}" for part in ("new model", "what serves") for way in ("input", "output")
    ]
    assert [line.part for line in dearer.lines[4:]] == ["judge, input", "judge, output"]
    assert dearer.usd > group.usd > 0
    assert "28 records" in group.lines[0].what


def test_evaluation_jobs_cost_a_request_for_each_answer_and_metric() -> None:
    def judged(*metrics: str) -> CostGroup:
        job = {"evaluator_model": "amazon.nova-pro-v1:0", "metrics": {name: {} for name in metrics}}
        config = with_evaluation(bedrock_job=job)
        (group,) = evaluation_groups(config, prepare_datasets(config))
        return group

    one, two = judged("correctness"), judged("correctness", "helpfulness")
    free, paid, twice = (
        sum(line.usd or 0 for line in lines) for lines in (one.lines[:4], one.lines[4:], two.lines[4:])
    )

    assert [line.part for line in one.lines[4:]] == ["evaluation jobs, input", "evaluation jobs, output"]
    assert twice == pytest.approx(2 * paid)
    assert paid > free > 0


def test_answers_are_cut_at_max_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "held_out", lambda *_: HeldOut(28, 1000, 28_000))
    short = with_evaluation(max_tokens=10)
    (group,) = evaluation_groups(short, prepare_datasets(short))

    assert "about 280 tokens" in group.lines[1].what
    assert ORDERS == 2
