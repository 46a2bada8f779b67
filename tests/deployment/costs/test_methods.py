"""What distillation and reinforcement fine-tuning cost, as far as anybody knows before the job."""

from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.config import load_deployment_config
from deployment.costs.lines import CostLine
from deployment.costs.training import training_groups
from deployment.datasets import prepare_datasets
from tests.deployment_file import HEAD, PROJECT

DATA = PROJECT / "examples" / "methods"
TEACHER = '[training.customizations.support.distillation]\nteacher_model = "us.amazon.nova-pro-v1:0"\n'
LOGS = '[training.customizations.support.distillation.invocation_logs]\ns3_uri = "s3://logs/AWSLogs/"\n'


@pytest.fixture(autouse=True)
def _prepared_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")


def lines(folder: Path, base: str, settings: str) -> dict[str, CostLine]:
    text = f'{HEAD}[training.customizations.support]\nalias = "bot"\nbase_model = "{base}"\n{settings}'
    (folder / "deployment.toml").write_text(text, encoding="utf-8")
    config = load_deployment_config(folder / "deployment.toml")
    (group,) = training_groups(config, prepare_datasets(config))
    assert group.at_least
    return {line.part: line for line in group.lines}


def distilled(folder: Path, settings: str, data: str = f'dataset = ["{DATA}/prompts.jsonl"]\n') -> dict[str, CostLine]:
    return lines(folder, "amazon.nova-lite-v1:0:300k", f'method = "DISTILLATION"\n{data}{settings}')


def test_the_teacher_is_paid_for_what_it_reads_and_writes_at_most(tmp_path: Path) -> None:
    found = distilled(tmp_path, TEACHER + "max_response_length = 500\n")

    assert found["teacher writes"].usd == pytest.approx(100 * 500 * 3.2 / 1e6)
    read = found["teacher reads"].usd
    assert read
    assert 0 < read < 0.01
    assert found["training"].usd is None  # Bedrock may add prompts


def test_answers_of_unknown_length_have_no_amount(tmp_path: Path) -> None:
    assert distilled(tmp_path, TEACHER)["teacher writes"].usd is None


@pytest.mark.parametrize(("responses", "teacher"), [("false", True), ("true", False)])
def test_answers_in_logs_are_not_paid_for_again(tmp_path: Path, responses: str, teacher: bool) -> None:
    found = distilled(tmp_path, f"{TEACHER}{LOGS}use_responses = {responses}\n", "")

    assert ("teacher reads" in found, "teacher writes" in found) == (teacher, teacher)
    assert all(line.usd is None for part, line in found.items() if part.startswith("teacher"))


def test_reinforcement_names_what_it_cannot_price(tmp_path: Path) -> None:
    grader = f'[training.customizations.support.reinforcement]\ngrader = "{PROJECT}/examples/graders/json_answer.py"\n'
    judge = 'judge_models = ["us.amazon.nova-pro-v1:0"]\n'
    settings = f'method = "REINFORCEMENT_FINE_TUNING"\ndataset = ["{DATA}/doses.jsonl"]\n{grader}{judge}'

    found = lines(tmp_path, "amazon.nova-2-lite-v1:0:256k", settings)

    assert {part for part, line in found.items() if line.usd is None} == {"training", "grader", "judge"}
    assert (
        found["training"].missing == "price of reinforcement fine-tuning of amazon.nova-2-lite-v1:0:256k in us-east-1"
    )
    assert "100 prompts" in found["training"].what
