"""Faults, costs and the prepared source of [training.imported_models.*]."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from deployment.costs.estimate import estimate, idle
from deployment.costs.inference_api import Traffic
from deployment.datasets import prepare_datasets
from kit_contract.external_models import IMPORT
from model_catalog.import_architectures import ARCHITECTURES, servable, without_converse
from tests.deployment_file import file_faults

HEAD = '[deployment]\nname = "sup"\nregion = "{}"\n'
OPEN = '[training.imported_models.open]\nalias = "chat"\ns3_uri = "s3://open-models/llama/"\n'
KEY = "arn:aws:kms:{}:111122223333:key/11111111-2222-3333-4444-555555555555"
THROUGHPUT = '[provisioned_throughput.open]\ncustomization = "open"\naccept_unknown_price = true\n'


def faults(folder: Path, *sections: str, region: str = "us-east-1") -> list[str]:
    return file_faults(folder, HEAD.format(region) + "\n".join(sections), account="111122223333")


@pytest.mark.parametrize(
    "more",
    [
        "",
        'bucket_owner = "444455556666"\n',
        f'source_kms_key_arn = "{KEY.format("us-east-1")}"\nmodel_kms_key_arn = "{KEY.format("us-east-1")}"\n',
        'vpc = { subnet_ids = ["subnet-0123456789abcdef0"], security_group_ids = ["sg-0123456789abcdef0"] }\n',
        '[training.imported_models.open.promotion]\nsmoke_prompts = ["Hello"]\nkeep_models = 2\n',
    ],
)
def test_an_open_model_is_imported(tmp_path: Path, more: str) -> None:
    assert faults(tmp_path, OPEN + more) == []


@pytest.mark.parametrize(
    ("sections", "region", "expected"),
    [
        (
            [OPEN],
            "eu-west-1",
            "imports models in us-east-1, us-east-2, us-west-2, eu-central-1 only, got region eu-west",
        ),
        (
            [OPEN + f'source_kms_key_arn = "{KEY.format("eu-west-1")}"\n'],
            "us-east-1",
            "open.source_kms_key_arn: must be a key of us-east-1",
        ),
        ([OPEN, THROUGHPUT], "us-east-1", "has no provisioned throughput for imported models, got 'open'"),
        ([OPEN.replace("s3://open-models/llama/", "llama")], "us-east-1", "s3_uri"),
        ([OPEN, OPEN.replace("open]", "two]")], "us-east-1", "already belongs to training.imported_models.open"),
        ([OPEN.replace(".open]", f".{'o' * 32}]")], "us-east-1", "must be 2 to 31 lowercase"),
    ],
)
def test_what_cannot_be_imported_is_told(tmp_path: Path, sections: list[str], region: str, expected: str) -> None:
    assert any(expected in fault for fault in faults(tmp_path, *sections, region=region))


def test_a_throughput_of_an_import_is_one_fault(tmp_path: Path) -> None:
    assert len(faults(tmp_path, OPEN, THROUGHPUT.replace("accept_unknown_price = true\n", ""))) == 1


def test_its_costs_are_by_units_that_the_import_tells(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(HEAD.format("us-east-1") + OPEN)
    config = load_deployment_config(file)
    datasets = prepare_datasets(config)
    lines = [line for group in estimate(config, datasets, Traffic()) for line in group.lines]

    stored = next(line for line in idle(config).lines if line.part == "imported model open")
    assert (stored.usd, stored.price and stored.price.usd) == (None, 1.95)
    copies = next(line for line in lines if line.part == "loaded copies")
    assert (copies.usd, copies.price and copies.price.usd) == (None, 0.05718)
    assert not [line for line in lines if "tokens" in line.part]


def test_what_it_is_made_from_is_looked_at_by_the_deploy(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(HEAD.format("us-east-1") + OPEN)
    config = load_deployment_config(file)
    found = prepare_datasets(config)["open"]

    assert (found.file_name, found.uploads) == ("", {})
    assert found.model_source
    assert found.model_source.s3_uri == "s3://open-models/llama/"
    assert config.imported_models["open"].method == IMPORT


def test_the_architectures_that_converse_takes_are_told_apart() -> None:
    assert set(servable()) | set(without_converse()) == set(ARCHITECTURES)
    assert "Qwen3ForCausalLM" in without_converse()
    assert servable()["LlamaForCausalLM"] == 2 * servable()["MllamaForConditionalGeneration"]
