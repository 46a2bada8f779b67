"""Models of a deployment: one fault each before anything deploys; warnings with the date."""

import datetime
from pathlib import Path

import pytest

from deployment.checks.models import model_warnings
from deployment.config import DeploymentConfig, load_deployment_config
from tests.deployment_file import HEAD, config_faults, deployment_file

TODAY = datetime.date(2026, 11, 25)
ALIAS = '[inference_api.aliases.bot]\nmodel = "{model}"\n'
CUSTOMIZATION = (
    '[training.customizations.support]\nalias = "bot"\nbase_model = "{model}"\ndataset = ["data.jsonl"]\n{more}\n'
)
MICRO = "amazon.nova-micro-v1:0"


def config(folder: Path, *sections: str, region: str = "us-east-1", allow: bool = False) -> DeploymentConfig:
    (folder / "data.jsonl").touch()
    more = "allow_unlisted = true\n" if allow else ""
    text = HEAD.replace("us-east-1", region) + more + "\n".join(sections)
    return load_deployment_config(deployment_file(folder, text))


def faults(deployment: DeploymentConfig, today: datetime.date = TODAY) -> list[str]:
    return config_faults(deployment, today=today)


@pytest.mark.parametrize(
    ("model", "region", "message"),
    [
        ("amazon.nova-mikro-v1:0", "us-east-1", "is not in the model catalog; did you mean amazon.nova-micro-v1:0"),
        (f"us.{MICRO}", "eu-west-1", "is offered in us-east-1, us-east-2, us-west-2, got region eu-west-1"),
        (MICRO, "us-west-2", f"use a profile: us.{MICRO}"),
        ("amazon.nova-premier-v1:0", "us-east-1", "reached end of life on 2026-09-14; use amazon.nova-2-lite-v1:0"),
        ("deepseek.v3.1", "us-east-1", "bedrock-mantle endpoint only"),
        (f"{MICRO}:128k", "us-east-1", "is for training or provisioned throughput"),
        ("us.twelvelabs.marengo-embed-3-0-v1:0", "us-east-1", "an embedding model that the API has no request for"),
        ("stability.sd3-5-large-v1:0", "us-west-2", "gives image, not answers through Converse"),
    ],
)
def test_a_model_that_cannot_be_called_is_one_error(tmp_path: Path, model: str, region: str, message: str) -> None:
    (fault,) = faults(config(tmp_path, ALIAS.format(model=model), region=region))

    assert fault.startswith("deployment.toml: inference_api.aliases.bot.model: ")
    assert message in fault


def test_a_model_past_its_end_of_life_is_an_error_by_the_date(tmp_path: Path) -> None:
    deployment = config(tmp_path, ALIAS.format(model="us.anthropic.claude-opus-4-1-20250805-v1:0"))

    assert faults(deployment) == []
    (fault,) = faults(deployment, datetime.date(2027, 1, 8))
    assert "reached end of life on 2027-01-08" in fault


@pytest.mark.parametrize(
    ("model", "region", "more", "messages"),
    [
        (MICRO, "us-east-1", "", ["base model must be the customization id amazon.nova-micro-v1:0:128k"]),
        (f"{MICRO}:128k", "us-west-2", "", ["can be customized in us-east-1, got region us-west-2"]),
        (f"{MICRO}:128k", "us-east-1", "hyperparameters = { epochCount = 30 }", ["epochCount must be 1 to 5"]),
        (
            "meta.llama3-1-8b-instruct-v1:0:128k",
            "us-west-2",
            "",
            ["is Legacy (docs.aws.amazon.com", "has no on-demand custom model deployments"],
        ),
        (
            "meta.llama3-3-70b-instruct-v1:0:128k",
            "us-west-2",
            'serving = "provisioned"',
            [
                "is Legacy (docs",
                "cannot be served on provisioned throughput; use 'on-demand'",
                "needs a [provisioned_throughput.*]",
            ],
        ),
        (
            "amazon.titan-embed-image-v1:0",
            "us-east-1",
            "hyperparameters = { epochCount = 10 }",
            ["is trained on image-caption records, which the kit does not prepare", "has no on-demand custom model"],
        ),
    ],
)
def test_a_customization_that_bedrock_would_refuse_is_a_fault(
    tmp_path: Path, model: str, region: str, more: str, messages: list[str]
) -> None:
    found = faults(config(tmp_path, CUSTOMIZATION.format(model=model, more=more), region=region))

    assert len(found) == len(messages)
    for fault, message in zip(found, messages, strict=True):
        assert message in fault


def test_an_unknown_base_model_is_reported_once(tmp_path: Path) -> None:
    found = faults(config(tmp_path, CUSTOMIZATION.format(model="amazon.nova-mikro-v1:0:128k", more="")))

    assert len(found) == 1
    assert "training.customizations.support.base_model" in found[0]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MICRO, "is invoked on demand; provisioned throughput takes amazon.nova-micro-v1:0:128k"),
        ("amazon.nova-2-lite-v1:0:300k", "is not in the model catalog"),
    ],
)
def test_a_model_that_cannot_be_provisioned_is_refused(tmp_path: Path, model: str, message: str) -> None:
    section = f'[provisioned_throughput.bot]\nmodel = "{model}"\naccept_hourly_cost_usd = 1000\n'

    assert message in faults(config(tmp_path, section))[0]


def test_the_embedding_model_must_give_embeddings(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    section = f'[knowledge_base]\ndocuments = "documents"\nembedding_model = "{MICRO}"\nmodel = "{MICRO}"\n'

    (fault,) = faults(config(tmp_path, section))
    assert "knowledge_base.embedding_model: " in fault
    assert "gives text, no embeddings; kit models --output embedding" in fault


@pytest.mark.parametrize("model", ["example.new-model-v1", "eu.example.new-model-v1", f"jp.{MICRO}"])
def test_allow_unlisted_accepts_a_model_newer_than_the_catalog(tmp_path: Path, model: str) -> None:
    alias = ALIAS.format(model=model)

    (fault,) = faults(config(tmp_path, alias))
    assert "kit models refresh, or allow_unlisted = true in [deployment]" in fault
    assert faults(config(tmp_path, alias, allow=True)) == []


def test_an_unlisted_model_is_a_warning(tmp_path: Path) -> None:
    deployment = config(tmp_path, ALIAS.format(model="example.new-model-v1"), allow=True)

    (warning,) = model_warnings(deployment, TODAY)
    assert "is not in the model catalog; allow_unlisted accepts it without any check" in warning


@pytest.mark.parametrize("model", ["amazon.nova-premier-v1:0", "deepseek.v3.1", f"{MICRO}:128k"])
def test_allow_unlisted_does_not_accept_what_the_catalog_knows_to_be_wrong(tmp_path: Path, model: str) -> None:
    assert len(faults(config(tmp_path, ALIAS.format(model=model), allow=True))) == 1


def test_an_end_of_life_that_is_near_or_announced_is_a_warning(tmp_path: Path) -> None:
    deployment = config(
        tmp_path,
        ALIAS.format(model="us.anthropic.claude-opus-4-1-20250805-v1:0"),
        CUSTOMIZATION.format(model="meta.llama3-3-70b-instruct-v1:0:128k", more=""),
        region="us-west-2",
    )

    ends, legacy = model_warnings(deployment, TODAY)
    assert "is Legacy and ends on 2027-01-08 (in 44 days)" in ends
    assert "ends on 2027-03-30 (in 125 days); Legacy models take no new customers" in legacy


def test_what_was_trained_before_its_base_became_legacy_is_kept_on_purpose(tmp_path: Path) -> None:
    section = CUSTOMIZATION.format(model="meta.llama3-3-70b-instruct-v1:0:128k", more="")

    (fault,) = faults(config(tmp_path, section, region="us-west-2"))
    assert "if your account lists it as ACTIVE: kit models refresh; to keep what you made of it" in fault
    assert faults(config(tmp_path, section, region="us-west-2", allow=True)) == []


@pytest.mark.parametrize(("region", "ended"), [("eu-west-3", True), ("sa-east-1", False)])
def test_a_model_that_has_ended_in_the_region_is_refused_there_only(tmp_path: Path, region: str, ended: bool) -> None:
    found = faults(config(tmp_path, ALIAS.format(model="anthropic.claude-3-haiku-20240307-v1:0"), region=region))

    assert ["reached end of life in eu-west-3 on 2026-09-10" in fault for fault in found] == [True] * ended
