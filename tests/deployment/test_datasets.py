"""Datasets at synth: training and validation set are prepared, counted together, and named by their content."""

import json
from pathlib import Path

import pytest

from deployment import prepared_sets
from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, load_deployment_config
from deployment.datasets import CustomizationDataset, prepare_datasets

NOVA, LLAMA = ("amazon.nova-micro-v1:0:128k", "us-east-1"), ("meta.llama3-1-8b-instruct-v1:0:128k", "us-west-2")
NOVA_2 = ("amazon.nova-2-lite-v1:0:256k", "us-east-1")


def pairs(count: int, prompt: str = "E") -> str:
    return "".join(json.dumps({"prompt": f"{prompt}{n}?", "response": "Empty."}) + "\n" for n in range(count))


@pytest.fixture(autouse=True)
def _prepared_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_sets, "PREPARED", tmp_path / "prepared")


def prepared(
    folder: Path, training: str, validation: str | None = None, base: tuple[str, str] = NOVA
) -> CustomizationDataset:
    (folder / "train.jsonl").write_text(training, encoding="utf-8")
    lines = ["[deployment]", 'name = "sup"', f'region = "{base[1]}"', "[training.customizations.support]"]
    lines += ['alias = "bot"', f'base_model = "{base[0]}"', 'dataset = ["train.jsonl"]']
    if validation is not None:
        (folder / "held-out.jsonl").write_text(validation, encoding="utf-8")
        lines.append('validation_dataset = ["held-out.jsonl"]')
    (folder / "deployment.toml").write_text("\n".join(lines), encoding="utf-8")
    return prepare_datasets(load_deployment_config(folder / "deployment.toml"))["support"]


def test_without_a_validation_set_there_is_the_training_file_only(tmp_path: Path) -> None:
    dataset = prepared(tmp_path, pairs(8))

    assert dataset.validation_file == ""
    assert [path.name for path in dataset.folder.iterdir()] == [dataset.file_name]


def test_a_validation_set_lies_below_the_training_file_in_the_same_format(tmp_path: Path) -> None:
    alone, dataset = prepared(tmp_path, pairs(8)), prepared(tmp_path, pairs(8), pairs(2, "F"))

    assert (dataset.file_name, dataset.records) == (alone.file_name, 8)
    assert dataset.validation_file.startswith("validation/")
    records = [json.loads(line) for line in (dataset.folder / dataset.validation_file).read_text().splitlines()]
    assert [record["messages"][0]["content"][0]["text"] for record in records] == ["F0?", "F1?"]
    assert {path.name for path in dataset.folder.iterdir()} == {dataset.file_name, "validation"}


def test_another_validation_set_is_another_run(tmp_path: Path) -> None:
    sets = (None, pairs(1, "F"), pairs(2, "F"))

    assert len({prepared(tmp_path, pairs(8), validation).specification_hash for validation in sets}) == 3


@pytest.mark.parametrize(
    ("training", "validation", "base", "fault"),
    [
        (8, pairs(1, "F") + "{broken\n", NOVA, "validation_dataset: held-out.jsonl:2: is not one JSON object"),
        (8, "", NOVA, "validation_dataset: held-out.jsonl: is empty"),
        (
            100,
            pairs(1001),
            LLAMA,
            "validation_dataset: held-out.jsonl: the base model takes 1 to 1000 records, got 1001",
        ),
        (8, pairs(1), NOVA_2, "validation_dataset: amazon.nova-2-lite-v1:0:256k takes no validation set; leave it out"),
        (9500, pairs(501), LLAMA, "validation_dataset: held-out.jsonl: the base model takes 1 to 500 records, got 501"),
    ],
)
def test_a_validation_set_that_bedrock_would_refuse_stops_the_synth(
    tmp_path: Path, training: int, validation: str, base: tuple[str, str], fault: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        prepared(tmp_path, pairs(training), validation, base)

    assert str(caught.value).startswith(f"training.customizations.support.{fault}")


def test_a_validation_record_that_is_trained_on_stops_the_synth_with_both_places(tmp_path: Path) -> None:
    held_out = pairs(2, "F") + '{"prompt": "e3", "response": "EMPTY"}\n' + pairs(60)

    with pytest.raises(ConfigError) as caught:
        prepared(tmp_path, pairs(60), held_out)

    (fault,) = str(caught.value).splitlines()
    assert fault.startswith(
        "training.customizations.support.validation_dataset: held-out.jsonl:3: is also in dataset (train.jsonl:4); "
    )
    assert fault.endswith("; and 60 more like it: held-out.jsonl:4, held-out.jsonl:5, held-out.jsonl:6, ...")


def test_columns_encoding_and_use_reach_the_conversion(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_bytes(("Größe;ja;nein\n" * 8).encode("cp1252"))
    section = '[training.customizations.support]\nalias = "bot"\nbase_model = "amazon.nova-micro-v1:0:128k"\n'
    reading = 'dataset = ["faq.csv"]\nheader = false\nencoding = "windows-1252"\nuse = ["chosen"]\n'
    columns = 'columns = { prompt = "1", chosen = "2", rejected = "3" }\n'
    file = tmp_path / "deployment.toml"
    file.write_text(f'[deployment]\nname = "sup"\nregion = "us-east-1"\n{section}{reading}{columns}', encoding="utf-8")

    dataset = prepare_datasets(load_deployment_config(file))["support"]

    written = (dataset.folder / dataset.file_name).read_text(encoding="utf-8")
    assert dataset.records == 8
    assert "Größe" in written
    assert "nein" not in written


def test_a_validation_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    prepared(tmp_path, pairs(8), pairs(1, "F"))
    (tmp_path / "held-out.jsonl").unlink()

    with pytest.raises(ConfigError, match=r"support\.validation_dataset: .*held-out\.jsonl does not exist"):
        check_deployment(load_deployment_config(tmp_path / "deployment.toml"), "deployment.toml")
