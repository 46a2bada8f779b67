"""What beside the dataset makes a run another one: teacher, grader, logs, parent; and that nothing else does."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment import prepared_sets
from deployment.config import DeploymentConfig, load_deployment_config
from deployment.datasets import CustomizationDataset, prepare_datasets
from deployment.parent_runs import parent_of
from kit_contract.dataset_limits import DatasetLimits
from tests.customization.aws import specification
from tests.deployment_file import HEAD, PROJECT

DATA = PROJECT / "examples" / "methods"
DISTILLED = f'method = "DISTILLATION"\ndataset = ["{DATA}/prompts.jsonl"]\n'
TEACHER = '[training.customizations.support.distillation]\nteacher_model = "amazon.nova-pro-v1:0"\n'
LOGS = '[training.customizations.support.distillation.invocation_logs]\ns3_uri = "s3://logs/AWSLogs/"\n'
REINFORCED = f'method = "REINFORCEMENT_FINE_TUNING"\ndataset = ["{DATA}/doses.jsonl"]\n'
GRADER = '[training.customizations.support.reinforcement]\ngrader = "grader"\n'
CODE = "def lambda_handler(samples, context): ...\n"
MICRO, NOVA_2 = "amazon.nova-micro-v1:0:128k", "amazon.nova-2-lite-v1:0:256k"


@pytest.fixture(autouse=True)
def _prepared_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "lambda_function.py").write_text(CODE, encoding="utf-8")


def prepared(folder: Path, settings: str, base: str = MICRO) -> tuple[DeploymentConfig, CustomizationDataset]:
    text = f'{HEAD}[training.customizations.support]\nalias = "bot"\nbase_model = "{base}"\n{settings}'
    (folder / "deployment.toml").write_text(text, encoding="utf-8")
    config = load_deployment_config(folder / "deployment.toml")
    return config, prepare_datasets(config)["support"]


def changes(folder: Path, settings: str, *others: str, base: str = MICRO) -> list[bool]:
    """Whether each of `others` is another run than `settings`."""
    first = prepared(folder, settings, base)[1].specification_hash
    return [prepared(folder, other, base)[1].specification_hash != first for other in others]


def test_a_teacher_and_the_length_of_its_answers_make_another_run(tmp_path: Path) -> None:
    profile, long = TEACHER.replace("amazon.", "us.amazon."), TEACHER + "max_response_length = 900\n"

    assert changes(tmp_path, DISTILLED + TEACHER, DISTILLED + profile, DISTILLED + long) == [True, True]
    settings = prepared(tmp_path, DISTILLED + long)[1].method_settings
    assert json.loads(settings) == {"teacher_model": "amazon.nova-pro-v1:0", "max_response_length": 900}


def test_the_source_of_logs_is_the_dataset_of_the_run(tmp_path: Path) -> None:
    settings = 'method = "DISTILLATION"\n' + TEACHER + LOGS
    filtered = settings + 'use_responses = true\nfilters = { or_all = [{ equals = { a = "b" } }] }\n'

    _, dataset = prepared(tmp_path, filtered)

    source = json.loads((dataset.folder / dataset.file_name).read_text(encoding="utf-8"))
    assert source["invocationLogsConfig"] == {
        "UsePromptResponse": True,
        "InvocationLogSource": {"S3Uri": "s3://logs/AWSLogs/"},
        "RequestMetadataFilters": {"OrAll": [{"Equals": {"a": "b"}}]},
    }
    again = settings + 'as_of = "2026-12"\n'
    assert changes(tmp_path, settings, filtered, again, settings) == [True, True, False]


def test_the_graders_code_makes_another_run_and_its_size_does_not(tmp_path: Path) -> None:
    settings = REINFORCED + GRADER
    first = prepared(tmp_path, settings, NOVA_2)[1]
    larger = prepared(tmp_path, f"{settings}memory_mb = 1024\ntimeout_seconds = 60\n", NOVA_2)[1]
    (tmp_path / "grader" / "__pycache__").mkdir()
    (tmp_path / "grader" / "__pycache__" / "lambda_function.pyc").write_bytes(b"compiled")
    (tmp_path / "grader" / "lambda_function.py").write_bytes(CODE.replace("\n", "\r\n").encode())
    checked_out = prepared(tmp_path, settings, NOVA_2)[1]
    (tmp_path / "grader" / "words.txt").write_text("right", encoding="utf-8")
    changed = prepared(tmp_path, settings, NOVA_2)[1]

    assert larger.method_settings == checked_out.method_settings == first.method_settings
    assert changed.specification_hash != first.specification_hash


def test_fine_tuning_has_no_settings_of_its_own(tmp_path: Path) -> None:
    assert prepared(tmp_path, f'dataset = ["{PROJECT}/examples/support/chat.jsonl"]\n')[1].method_settings == ""


def further(folder: Path, parent_settings: str = "") -> tuple[dict[str, Any], str]:
    """The parent's dataset as the starter sees it, and what its child is trained from."""
    chat = f'dataset = ["{PROJECT}/examples/support/chat.jsonl"]\n'
    parent = f'[training.customizations.parent]\nalias = "parent"\nbase_model = "{MICRO}"\n{chat}{parent_settings}'
    config, _ = prepared(folder, f'base_customization = "parent"\n{chat}{parent}')
    found = prepare_datasets(config)
    run = specification(
        base_model=MICRO,
        customization="parent",
        hyperparameters=found["parent"].hyperparameters,
        limits=DatasetLimits("converse", 8, 20_000),
        validation_key=found["parent"].validation_key("parent"),
    ).run_id(found["parent"].sha256)
    items = config.customizations
    return {"run_id": run}, parent_of(items["support"], items, found)


def test_a_child_is_trained_from_the_run_that_the_starter_makes_of_its_parent(tmp_path: Path) -> None:
    run, parent = further(tmp_path)
    other, changed = further(tmp_path, "hyperparameters = { epochCount = 3 }\n")

    assert parent == run["run_id"]
    assert changed == other["run_id"] != parent
