"""What a pipeline of CodePipeline costs, once for the file."""

import pytest

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.costs.pipeline import pipeline_groups
from tests.synthesized import PROJECT

FILE = PROJECT / "tests/stacks/pipeline.toml"


def test_it_is_in_the_estimate_of_the_first_environment_only() -> None:
    groups = {group.name: group.usd for group in pipeline_groups(load_deployment_config(FILE, "dev"))}

    assert groups == {
        "pipeline": 1.0,  # a key
        "build-minute-small": pytest.approx(0.002 + 0.005),
        "build-minute-medium": pytest.approx(0.002 + 0.01),
    }
    assert pipeline_groups(load_deployment_config(FILE, "prod")) == []


def test_a_file_without_a_pipeline_has_no_such_costs() -> None:
    config = DeploymentConfig.model_validate({"deployment": {"name": "shop", "region": "us-east-1"}})

    assert pipeline_groups(config) == []
