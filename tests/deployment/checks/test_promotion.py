"""[training.customizations.*.promotion]: checks that could never decide anything are refused, and what one costs."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from deployment.costs.promotion import promotion_lines
from deployment.sections.promotion import Promotion
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.runs import RunSpecification
from stacks.training_stack import _checks
from tests.customization.aws import specification
from tests.deployment_file import deployment_file, file_faults

TRAINING = """
[deployment]
name = "sup"
region = "us-east-1"

[training.customizations.support]
alias = "support-bot"
base_model = "amazon.nova-micro-v1:0:128k"
dataset = ["examples/support/chat.jsonl"]
"""
API = '\n[inference_api.aliases.support-bot]\nmodel = "amazon.nova-micro-v1:0"\n'
SECTION = "\n[training.customizations.support.promotion]\n"
PROVISIONED = TRAINING.replace("dataset =", 'serving = "provisioned"\ndataset =') + (
    '\n[provisioned_throughput.reserve]\ncustomization = "support"\naccept_unknown_price = true\n'
)


@pytest.mark.parametrize(
    "settings",
    [
        "smoke_prompts = ['Hello']",
        "canary_percent = 10\ncanary_minutes = 5\nmax_latency_ratio = 2",
        "watch_minutes = 60\nmax_error_percent = 1",
        "keep_models = 3",
    ],
)
def test_each_check_stands_alone(tmp_path: Path, settings: str) -> None:
    assert file_faults(tmp_path, TRAINING + API + SECTION + settings) == []


@pytest.mark.parametrize(
    ("settings", "where", "message"),
    [
        ("", "", "asks for nothing; set smoke_prompts, canary_percent, watch_minutes or keep_models"),
        ("canary_percent = 51", ".canary_percent", "at most 50"),
        ("canary_percent = 5\ncanary_minutes = 4", ".canary_minutes", "at least 5"),
        ("watch_minutes = 3", ".watch_minutes", "must be 0 or at least 5, got 3: metrics of a minute arrive up to two"),
        ("keep_models = 1", ".keep_models", "at least 2"),
        ("smoke_prompts = ['']", ".smoke_prompts.0", "at least 1 character"),
        (f"smoke_prompts = {['x' * 300] * 6}", ".smoke_prompts", "must have at most 1,500 bytes together, got 1,800"),
        ("smoke_prompts = ['{{resolve:ssm:x}}']", ".smoke_prompts.0", "CloudFormation would replace {{resolve:...}}"),
        ("watch_minutes = 5\ncanary_minutes = 5", ".canary_minutes", "compares during a canary only"),
        ("watch_minutes = 5\nmax_latency_ratio = 2", ".max_latency_ratio", "compares during a canary only"),
        (
            "keep_models = 2\nmin_requests = 9",
            ".min_requests",
            "nothing is measured; set canary_percent or watch_minut",
        ),
    ],
)
def test_a_check_that_cannot_decide_is_refused(tmp_path: Path, settings: str, where: str, message: str) -> None:
    (fault,) = file_faults(tmp_path, TRAINING + API + SECTION + settings)

    assert f"training.customizations.support.promotion{where}: " in fault
    assert message in fault


@pytest.mark.parametrize("setting", ["smoke_prompts = ['Hello']", "canary_percent = 10", "watch_minutes = 60"])
def test_a_throughput_has_no_place_for_a_second_model(tmp_path: Path, setting: str) -> None:
    (fault,) = file_faults(tmp_path, PROVISIONED + API + SECTION + setting)

    assert "not with serving = 'provisioned'" in fault


@pytest.mark.parametrize("setting", ["canary_percent = 10", "watch_minutes = 60"])
def test_without_the_api_nobody_sends_and_measures_requests(tmp_path: Path, setting: str) -> None:
    (fault,) = file_faults(tmp_path, TRAINING + SECTION + setting)

    assert "add [inference_api.aliases.support-bot], or remove it" in fault


def test_the_defaults_of_the_section_are_those_of_the_specification() -> None:
    assert _checks(Promotion()) == PromotionChecks()
    assert _checks(None) is None


def test_a_specification_tells_only_what_differs_and_reads_what_another_release_wrote() -> None:
    checks = PromotionChecks(smoke_prompts=("Hello",), canary_percent=5)
    written = specification(promotion=checks).to_json()

    assert written["promotion"] == {"smoke_prompts": ["Hello"], "canary_percent": 5}
    assert RunSpecification.from_json(written).promotion == checks
    newer = {**written, "promotion": {**written["promotion"], "horoscope": True}}
    assert RunSpecification.from_json(newer).promotion == checks


def test_checks_change_no_run_id() -> None:
    checked = specification(promotion=PromotionChecks(canary_percent=5))

    assert checked.run_id("0" * 64) == specification().run_id("0" * 64)


def test_the_metrics_of_a_canary_and_a_watch_cost_cents(tmp_path: Path) -> None:
    file = deployment_file(tmp_path, TRAINING + API + SECTION + "canary_percent = 10\nwatch_minutes = 60")
    section = load_deployment_config(file).customizations["support"].promotion

    metrics, reads = promotion_lines(section, "us-east-1")

    assert metrics.what == "18 hours of a metric: 3 for each variant of canary and watch"
    assert metrics.usd == pytest.approx(18 / 730 * 0.3)
    assert reads.usd == pytest.approx(63 * 15 * 0.01 / 1000)
    assert list(promotion_lines(Promotion(smoke_prompts=["Hello"]), "us-east-1")) == []
    assert list(promotion_lines(None, "us-east-1")) == []
