"""Keys that may fine-tune: names as kit keys has them, and something to fine-tune."""

from pathlib import Path

import pytest

from tests.deployment_file import HEAD, file_faults

API = """
[inference_api]
fine_tuning_keys = [{keys}]
[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"
"""
DATA = Path(__file__).resolve().parents[3] / "examples" / "support"
TRAINING = f"""
[training.customizations.support]
alias = "bot"
base_model = "amazon.nova-micro-v1:0:128k"
dataset = ["{(DATA / "labelled.json").as_posix()}", "{(DATA / "chat.jsonl").as_posix()}"]
"""


def test_keys_that_may_fine_tune_a_customization(tmp_path: Path) -> None:
    assert file_faults(tmp_path, HEAD + API.format(keys='"trainer", "default"') + TRAINING) == []


def test_without_a_customization_there_is_nothing_to_fine_tune(tmp_path: Path) -> None:
    (fault,) = file_faults(tmp_path, HEAD + API.format(keys='"trainer"'))

    assert "inference_api.fine_tuning_keys: there is nothing to fine-tune" in fault
    assert file_faults(tmp_path, HEAD + API.format(keys="")) == []


@pytest.mark.parametrize("key", ["*", "Trainer", "a b"])
def test_what_is_no_name_of_a_key(tmp_path: Path, key: str) -> None:
    (fault,) = file_faults(tmp_path, HEAD + API.format(keys=f'"{key}"') + TRAINING)

    assert "fine_tuning_keys.0" in fault
