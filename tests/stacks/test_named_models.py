"""The models whose access the model access stack ensures: of an ARN, the model that answers for it."""

from pathlib import Path

from deployment.config import load_deployment_config
from deployment.named_models import accessed_models
from tests.deployment_file import HEAD
from tests.synthesized import PROJECT


def test_models_by_arn_count_with_the_model_that_answers_if_it_is_known() -> None:
    config = load_deployment_config(PROJECT / "tests/iam/by_arn.toml")

    assert accessed_models(config) == [
        "amazon.nova-micro-v1:0",  # behind an application inference profile
        "mistral.mistral-large-2402-v1:0",
        "us.amazon.nova-lite-v1:0",  # behind another
        "us.amazon.nova-pro-v1:0",
    ]


def test_the_model_that_reranks_counts() -> None:
    config = load_deployment_config(PROJECT / "tests/iam/deployment.toml")

    assert "cohere.rerank-v3-5:0" in accessed_models(config)


def test_the_models_of_agents_count(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    file.write_text(f'{HEAD}[agents.desk]\nmodel = "{model}"\ninstructions = "Help."\n', encoding="utf-8")

    assert accessed_models(load_deployment_config(file)) == [model]


def test_the_models_that_teach_and_grade_count() -> None:
    config = load_deployment_config(PROJECT / "tests/stacks/full_east.toml")

    assert "us.amazon.nova-pro-v1:0" in accessed_models(config)
