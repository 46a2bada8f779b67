"""[training.customizations.*.evaluation]: what decides nothing, compares nothing or cannot be asked is a fault."""

from pathlib import Path
from typing import get_args

import pytest

from deployment.sections.evaluation import JobMetric
from kit_contract.evaluation_jobs import METRICS
from tests.deployment_file import SHIPPED, file_faults

TOKEN_F1 = "token_f1 = { at_least = 0.3, better_by = 0.0 }"
SECTION = "[training.customizations.support.evaluation]\n"
JOB = (
    "[training.customizations.support.evaluation.bedrock_job]\n"
    "metrics = { correctness = { at_least = 0.5 } }\nevaluator_model = "
)


def changed(*changes: tuple[str, str]) -> str:
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (TOKEN_F1, "token_f1 = {}", "evaluation.metrics: no metric has a threshold"),
        (TOKEN_F1, "win_rate = { at_least = 0.5 }", "evaluation.judge_model: win_rate needs a model that judges"),
        (
            TOKEN_F1,
            "token_f1 = { at_least = 0.3 }\nwin_rate = { better_by = 0.1 }",
            "evaluation.metrics.win_rate.better_by: a win rate compares by itself",
        ),
        (SECTION, f'{SECTION}judge_model = "amazon.nova-lite-v1:0"\n', "judges for win_rate only"),
        (SECTION, f'{SECTION}judge_model = "amazon.titan-embed-text-v2:0"\n', "evaluation.judge_model: amazon.titan"),
        (SECTION, f'{SECTION}judge_model = "amazon.nova-2-lite-v1:0"\n', "evaluation.judge_model: amazon.nova-2-lite"),
        (
            SECTION,
            f'{JOB}"amazon.nova-lite-v1:0"\n\n{SECTION}',
            "evaluation.bedrock_job.evaluator_model must be one of amazon.nova-pro-v1:0",
        ),
        (
            SECTION,
            f'{JOB}"amazon.nova-2-lite-v1:0"\n\n{SECTION}',
            "evaluation.bedrock_job.evaluator_model: amazon.nova-2-lite",
        ),
        (
            SECTION,
            f'{JOB}"amazon.nova-pro-v1:0"\n\n{SECTION}max_records = 1001\n',
            "evaluation.max_records must be at most 1000 with a bedrock_job, got 1001",
        ),
        ("held-out.jsonl", "nowhere.jsonl", "nowhere.jsonl does not exist"),
        (
            'between = "approve"',
            'between = "keep"\nnotify = ["ops@example.com"]',
            "evaluation.notify: nobody is asked",
        ),
    ],
)
def test_a_fault_names_the_setting(tmp_path: Path, old: str, new: str, fault: str) -> None:
    found = file_faults(tmp_path, changed((old, new)))

    assert any(f"deployment.toml: training.customizations.support.{fault}" in item or fault in item for item in found)


@pytest.mark.parametrize("name", ["tokenf1", "bleu"])
def test_an_unknown_metric_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    (fault,) = file_faults(tmp_path, changed((TOKEN_F1, f"{name} = {{ at_least = 0.3 }}")))

    assert "'exact_match', 'token_f1', 'rouge_l', 'json_valid' or 'win_rate'" in fault


def test_what_serves_behind_an_arn_has_to_be_named(tmp_path: Path) -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abcdefghijkl"
    start = SHIPPED.index("[inference_api.aliases.support-bot]")
    text = SHIPPED[:start] + SHIPPED[start:].replace("amazon.nova-micro-v1:0", arn, 1)

    (fault,) = file_faults(tmp_path, text)
    assert "evaluation.baseline_model: the foundation model of alias 'support-bot' is unknown" in fault
    named = text.replace(SECTION, f'{SECTION}baseline_model = "amazon.nova-micro-v1:0"\n')
    assert file_faults(tmp_path, named) == []


def test_without_an_api_the_base_model_is_what_serves(tmp_path: Path) -> None:
    assert file_faults(tmp_path, SHIPPED[: SHIPPED.index("[inference_api]")]) == []


@pytest.mark.parametrize("evaluator", ["amazon.nova-micro-v1:0", "us.amazon.nova-2-lite-v1:0"])
def test_a_threshold_of_a_bedrock_job_decides_alone(tmp_path: Path, evaluator: str) -> None:
    text = changed((SECTION, f'{JOB}"{evaluator}"\n\n{SECTION}'), (TOKEN_F1, "token_f1 = {}"))

    assert file_faults(tmp_path, text) == []


def test_the_metrics_of_a_bedrock_job_are_those_of_its_judges(tmp_path: Path) -> None:
    text = changed((SECTION, f'{JOB}"amazon.nova-pro-v1:0"\n\n{SECTION}'))
    (fault,) = file_faults(tmp_path, text.replace("{ correctness =", "{ accuracy ="))

    assert "'no_refusal'" in fault


def test_every_metric_of_a_bedrock_job_is_known_to_its_function() -> None:
    assert get_args(JobMetric) == tuple(METRICS)
