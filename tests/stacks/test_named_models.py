"""The models whose access the model access stack ensures: of an ARN, the model that answers for it."""

from deployment.config import load_deployment_config
from stacks.model_access_stack import named_models
from tests.synthesized import PROJECT


def test_models_by_arn_count_with_the_model_that_answers_if_it_is_known() -> None:
    config = load_deployment_config(PROJECT / "tests/iam/by_arn.toml")

    assert named_models(config) == [
        "amazon.nova-micro-v1:0",  # behind an application inference profile
        "mistral.mistral-large-2402-v1:0",
        "us.amazon.nova-lite-v1:0",  # behind another
        "us.amazon.nova-pro-v1:0",
    ]


def test_the_model_that_reranks_counts() -> None:
    config = load_deployment_config(PROJECT / "tests/iam/deployment.toml")

    assert "cohere.rerank-v3-5:0" in named_models(config)
