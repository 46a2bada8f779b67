"""Faults of application inference profiles: aliases that can't have one, and Regions without them."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.cost_profiles import profiled_aliases, why_not

# "for all models in the following AWS Regions" (read on 2026-11-27):
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1"),
    "us-west-2",
)


def cost_profile_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, alias in config.aliases.items():
        if alias.inference_profile and (reason := why_not(config, name)):
            yield f"inference_api.aliases.{name}.inference_profile: {reason}; remove this setting"
    region = config.deployment.region
    if region not in REGIONS and not config.deployment.allow_unlisted and (found := profiled_aliases(config)):
        yield (
            f"inference_api.inference_profiles: AWS lists no application inference profiles in {region}, got "
            f"{', '.join(found)}; set inference_profiles = false, or deployment.allow_unlisted = true if they are there"
        )
