"""Faults of models that come into Bedrock without a customization job, and of what names them."""

from pathlib import Path

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, load_deployment_config
from deployment.costs.estimate import estimate, idle
from deployment.costs.inference_api import Traffic
from deployment.datasets import prepare_datasets
from deployment.evaluated_models import evaluator_models
from kit.local.elsewhere import sources
from kit_contract import run_names
from kit_contract.external_models import COPY, source_sha256
from tests.deployment_file import file_faults

ACCOUNT = "111122223333"
MICRO = "amazon.nova-micro-v1:0:128k"
FAR = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:custom-model/{MICRO}/aaaabbbbcccc"
SHARED = FAR.replace(ACCOUNT, "444455556666").replace("us-west-2", "us-east-1")
IMPORTED = FAR.replace(MICRO, "imported")
PACKAGE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/odi/1"
HEAD = '[deployment]\nname = "sup"\nregion = "us-east-1"\n'
COPIED = '[training.copied_models.{}]\nalias = "{}"\nsource_model_arn = "{}"\n'
LITE = "amazon.nova-lite-v1:0:300k"
ODI = f'[training.sagemaker_models.odi]\nalias = "odi"\nbase_model = "{LITE}"\nmodel_package_arn = "{PACKAGE}"\n'
OPEN = '[training.imported_models.open]\nalias = "open"\ns3_uri = "s3://open-models/llama/"\n'


def faults(folder: Path, *sections: str, head: str = HEAD) -> list[str]:
    return file_faults(folder, head + "\n".join(sections), account=ACCOUNT)


def test_the_judges_of_their_evaluation_jobs_are_known(tmp_path: Path) -> None:
    path = tmp_path / "deployment.toml"
    judged = (
        '[training.copied_models.help.evaluation]\ndataset = ["held-out.jsonl"]\nmetrics = { rouge_l = {} }\n'
        "[training.copied_models.help.evaluation.bedrock_job]\n"
        'evaluator_model = "amazon.nova-pro-v1:0"\nmetrics = { correctness = {} }\n'
    )
    path.write_text(HEAD + COPIED.format("help", "help", FAR) + judged, encoding="utf-8")

    assert evaluator_models(load_deployment_config(path)) == ["amazon.nova-pro-v1:0"]


@pytest.mark.parametrize("source", [FAR, SHARED, SHARED.replace("us-east-1", "eu-west-1")])
def test_a_model_of_another_region_or_account_is_copied(tmp_path: Path, source: str) -> None:
    assert faults(tmp_path, COPIED.format("help", "help", source), ODI) == []


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            COPIED.format("help", "help", FAR.replace("us-west-2", "us-east-1")),
            "training.copied_models.help.source_model_arn: must be in another Region or account, got a model of",
        ),
        (
            COPIED.format("help", "help", FAR.replace("us-west-2", "us-west-9")),
            "training.copied_models.help.source_model_arn: us-west-9 is no Region of Bedrock in the model catalog, got",
        ),
        (
            COPIED.format(
                "help", "help", FAR.replace("arn:aws:", "arn:aws-us-gov:").replace("us-west-2", "us-gov-west-1")
            ),
            "training.copied_models.help.source_model_arn: must be in partition aws, as region us-east-1 is, got",
        ),
        (
            COPIED.format("help", "help", IMPORTED),
            "training.copied_models.help.base_model is missing: the ARN of a model that came from SageMaker AI",
        ),
        (
            COPIED.format("help", "help", FAR) + 'base_model = "amazon.nova-lite-v1:0:300k"\n',
            f"training.copied_models.help.base_model: the source is a model of {MICRO}, got amazon.nova-lite-v1:0:300k",
        ),
        (
            COPIED.format("help", "help", "arn:aws:bedrock:us-west-2:111122223333:imported-model/aaaabbbbcccc"),
            "training.copied_models.help.source_model_arn: must be the ARN of a custom model",
        ),
        (
            ODI.replace("amazon.nova-lite-v1:0:300k", "meta.llama3-3-70b-instruct-v1:0:128k"),
            "training.sagemaker_models.odi.base_model: CreateCustomModel takes models of Amazon Nova only, got",
        ),
        (
            ODI.replace("amazon.nova-lite-v1:0:300k", "amazon.nova-lite-v1:0"),
            "training.sagemaker_models.odi.base_model: must be the customization id amazon.nova-lite-v1:0:300k, got",
        ),
        (
            ODI.replace("us-east-1", "us-west-2"),
            "training.sagemaker_models.odi.model_package_arn: must be in the deployment's Region us-east-1",
        ),
        (
            ODI + 's3_uri = "s3://customer-escrow/model/"\n',
            "training.sagemaker_models.odi: exactly one of model_package_arn, s3_uri is needed, got both; name",
        ),
        (
            ODI.replace(f'model_package_arn = "{PACKAGE}"', ""),
            "training.sagemaker_models.odi: exactly one of model_package_arn, s3_uri is needed, got none; name",
        ),
        (
            COPIED.format("help", "help", FAR.replace(MICRO, "amazon.nova-micro-v1:0")),
            "training.copied_models.help.source_model_arn: the base model in it: must be the customization id",
        ),
        (
            COPIED.format("help", "help", FAR.replace(MICRO, "nobody.model-v1:0")),
            "training.copied_models.help.source_model_arn: the base model in it: 'nobody.model-v1:0' is not in the",
        ),
        (
            COPIED.format("help", "help", FAR) + 'source_kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0f"\n',
            "training.copied_models.help.source_kms_key_arn: must be a key of us-west-2, where the source is, got arn:",
        ),
        (
            COPIED.format("odi", "help", FAR) + ODI,
            "training.sagemaker_models.odi: there is a [training.copied_models.odi], too; rename one of them",
        ),
        (
            COPIED.format("help", "odi", FAR) + ODI,
            "training.sagemaker_models.odi.alias: 'odi' already belongs to training.copied_models.help; use another",
        ),
        (
            COPIED.format("help", "help", FAR) + '[inference_api.aliases.bot]\nmodel = "amazon.nova-micro-v1:0"\n',
            "training.copied_models.help.alias: 'help' is not an alias of the API; allowed: bot",
        ),
        (
            COPIED.format("help", "help", FAR.replace(MICRO, "meta.llama3-1-8b-instruct-v1:0:128k")),
            "training.copied_models.help.serving: Llama 3.1 8B Instruct has no on-demand custom model deployments",
        ),
        (
            ODI + 'serving = "provisioned"\n',
            "training.sagemaker_models.odi.serving: 'provisioned' needs a [provisioned_throughput.*] section with",
        ),
        ("[training]\n", "training: has no model; add [training.customizations.*] or [training.copied_models.*] or"),
        (
            COPIED.format("help", "help", FAR)
            + '[training.customizations.more]\nalias = "more"\nbase_model = "amazon.nova-micro-v1:0:128k"\n'
            + 'base_customization = "help"\ndataset = ["s3://bucket/a.jsonl"]\n',
            "base_customization: must be a customization, got 'help' of [training.copied_models.help]; name its custom",
        ),
    ],
)
def test_what_contradicts_itself_is_a_fault(tmp_path: Path, sections: str, expected: str) -> None:
    found = faults(tmp_path, sections)

    assert any(expected in fault for fault in found), found


@pytest.mark.parametrize(
    ("serving", "expected"),
    [("on-demand", "custom model deployments exist in us-east-1, us-west-2, got region eu-west-1")],
)
def test_a_region_that_cannot_serve_it_is_a_fault(tmp_path: Path, serving: str, expected: str) -> None:
    section = COPIED.format("help", "help", FAR) + f'serving = "{serving}"\n'
    head = HEAD.replace("us-east-1", "eu-west-1")

    assert [expected in fault for fault in faults(tmp_path, section, head=head)] == [True]
    assert faults(tmp_path, section, head=head + "allow_unlisted = true\n") == []


def test_a_key_of_a_model_is_one_of_the_region(tmp_path: Path) -> None:
    key = "arn:aws:kms:us-west-2:111122223333:key/0f"
    section = COPIED.format("help", "help", FAR)

    assert (
        "training.copied_models.help.model_kms_key_arn: must be in"
        in faults(tmp_path, section + f'model_kms_key_arn = "{key}"\n')[0]
    )
    assert faults(tmp_path, section + f'source_kms_key_arn = "{key}"\n') == []


def test_a_throughput_serves_such_a_model(tmp_path: Path) -> None:
    throughput = '[provisioned_throughput.odi]\ncustomization = "odi"\naccept_unknown_price = true\n'

    assert faults(tmp_path, ODI + 'serving = "provisioned"\n' + throughput) == []


def test_its_run_is_that_of_its_source(tmp_path: Path) -> None:
    """Under any name of the section, with any key: what changes the model is the source."""
    file = tmp_path / "deployment.toml"
    runs = []
    for name, more in (("help", ""), ("renamed", 'model_kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/0f"\n')):
        file.write_text(HEAD + COPIED.format(name, "help", FAR) + more, encoding="utf-8")
        dataset = prepare_datasets(load_deployment_config(file))[name]
        runs.append(dataset.sha256)
        assert run_names.run_id(base_model=MICRO, method=COPY, hyperparameters={}, dataset_sha256=dataset.sha256)
        assert (dataset.folder / dataset.file_name).read_bytes().endswith(b'"}}\n')
    assert runs == [source_sha256(COPY, {"SourceModelArn": FAR})] * 2
    assert source_sha256(COPY, {"SourceModelArn": SHARED}) not in runs


def test_it_costs_its_storage_and_what_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(HEAD + COPIED.format("help", "help", FAR) + ODI, encoding="utf-8")
    config = load_deployment_config(file)

    groups = {group.name: group for group in estimate(config, prepare_datasets(config), Traffic())}

    (made, storage, *_) = groups["training.help"].lines
    assert (made.usd, made.missing) == (None, "price of the copy of a custom model in us-east-1")
    assert storage.usd == pytest.approx(1.95)
    assert groups["training.help"].at_least
    assert [line.part for line in idle(config).lines][:2] == ["custom model help", "custom model odi"]


def test_the_embedded_aws_is_told_of_the_sources(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(HEAD + COPIED.format("help", "help", SHARED) + ODI + OPEN, encoding="utf-8")

    found = sources(load_deployment_config(file))

    assert [item["modelArn"] for item in found["models"]] == [SHARED]
    assert found["modelFolders"] == ["s3://open-models/llama/"]
    assert found["artifacts"] == [{"source": PACKAGE, "base": "amazon.nova-lite-v1:0:300k"}]


def test_fine_tuning_by_callers_needs_a_customization(tmp_path: Path) -> None:
    api = '[inference_api]\nfine_tuning_keys = ["trainer"]\n'
    api += '[inference_api.aliases.help]\nmodel = "amazon.nova-micro-v1:0"\n'

    assert any(
        "fine_tuning_keys: there is nothing" in fault
        for fault in faults(tmp_path, COPIED.format("help", "help", FAR), api)
    )


def test_all_faults_are_reported_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(
        HEAD + COPIED.format("help", "help", IMPORTED) + ODI.replace("us-east-1", "us-west-2"), encoding="utf-8"
    )

    with pytest.raises(ConfigError) as error:
        check_deployment(load_deployment_config(file))

    assert len(error.value.faults) == 2
