"""Models of AWS Marketplace: one warning for all of them, with what the account needs."""

from pathlib import Path

import pytest

from deployment.checks.model_access import model_access_warnings
from deployment.config import load_deployment_config
from tests.deployment_file import HEAD, deployment_file

ALIAS = '[inference_api.aliases.bot-{number}]\nmodel = "{model}"\n'
ANTHROPIC = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"


def warnings(folder: Path, *models: str, more: str = "") -> list[str]:
    aliases = "".join(ALIAS.format(number=number, model=model) for number, model in enumerate(models))
    return list(model_access_warnings(load_deployment_config(deployment_file(folder, HEAD + more + aliases))))


@pytest.mark.parametrize(
    "model",
    [
        "amazon.nova-micro-v1:0",
        "us.meta.llama3-3-70b-instruct-v1:0",
        "mistral.mistral-large-2402-v1:0",
        "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc",
    ],
)
def test_a_model_that_is_not_sold_there_gives_no_warning(tmp_path: Path, model: str) -> None:
    assert warnings(tmp_path, model) == []


def test_all_models_that_are_sold_there_give_one_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, ANTHROPIC, ANTHROPIC, "amazon.nova-micro-v1:0")

    assert warning.count(ANTHROPIC.removeprefix("us.")) == 1
    assert "amazon.nova" not in warning
    assert "valid payment method and the caller aws-marketplace:Subscribe," in warning
    assert "add [model_access], or call each model once" in warning


@pytest.mark.parametrize("model", ["gpt-5.6-sol", "gpt-6-astra", "gpt-6-luna", "gpt-6-sol", "gpt-6.1-sol"])
def test_a_model_whose_card_has_a_product_id_is_sold_there(tmp_path: Path, model: str) -> None:
    """AWS's page on model access says that OpenAI sells nothing there; the newer cards have product ids."""
    (warning,) = warnings(tmp_path, f"us.openai.{model}")

    assert f"openai.{model}" in warning


def test_with_a_model_access_stack_only_the_payment_is_left(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, ANTHROPIC, more="[model_access]\n")

    assert "the deploy subscribes the account, and the account needs a valid payment method" in warning
    assert "aws-marketplace:" not in warning


def test_the_model_behind_an_application_inference_profile_counts(tmp_path: Path) -> None:
    more = f'[deployment.inference_profiles]\n"{PROFILE}" = "{ANTHROPIC}"\n'

    (warning,) = warnings(tmp_path, PROFILE, more=more)

    assert ANTHROPIC.removeprefix("us.") in warning
