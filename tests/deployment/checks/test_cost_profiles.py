"""Which aliases have an application inference profile, and which cannot."""

from typing import Any

import pytest

from deployment.checks.inference_api import cost_profile_faults
from deployment.config import DeploymentConfig
from deployment.cost_profiles import profiled_aliases

MICRO = {"model": "amazon.nova-micro-v1:0"}
ARN = {"model": "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefgh1234"}
EMBEDDING = {"model": "amazon.titan-embed-text-v2:0"}
BOUGHT = {**MICRO, "order": ["provisioned"]}


def config(region: str = "us-east-1", **api: Any) -> DeploymentConfig:
    return DeploymentConfig.model_validate({"deployment": {"name": "shop", "region": region}, "inference_api": api})


def test_all_that_can_have_one_and_each_alias_decides_for_itself() -> None:
    aliases = {"bot": MICRO, "off": {**MICRO, "inference_profile": False}, "arn": ARN, "vectors": EMBEDDING}
    assert profiled_aliases(config(inference_profiles=True, aliases=aliases)) == ["bot"]
    assert list(cost_profile_faults(config(inference_profiles=True, aliases=aliases))) == []

    assert profiled_aliases(config(aliases={"bot": MICRO, "own": {**MICRO, "inference_profile": True}})) == ["own"]


@pytest.mark.parametrize(
    ("alias", "reason"), [(ARN, "tags of its own"), (EMBEDDING, "embedding models"), (BOUGHT, "not in its order")]
)
def test_one_that_is_asked_for_and_impossible_is_told(alias: dict[str, Any], reason: str) -> None:
    (fault,) = cost_profile_faults(config(aliases={"bot": {**alias, "inference_profile": True}}))

    assert fault.startswith("inference_api.aliases.bot.inference_profile: ")
    assert reason in fault


def test_a_region_that_aws_does_not_list() -> None:
    (fault,) = cost_profile_faults(config("eu-north-1", inference_profiles=True, aliases={"bot": MICRO}))

    assert "no application inference profiles in eu-north-1, got bot" in fault
