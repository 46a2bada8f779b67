"""What [pipeline.codepipeline] costs: its key by the month, and a minute of each kind of build."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostGroup, CostLine, line
from model_catalog.prices import price

# Minutes of a build are billed as the minutes of the action that waits for it. Approvals are free.
BUILDS = {"build_minute_small": "a diff, a deploy or questions", "build_minute_medium": "the checks"}


def pipeline_groups(config: DeploymentConfig) -> list[CostGroup]:
    """In the estimate of the first environment: the file has one pipeline."""
    section = config.pipeline.codepipeline if config.pipeline else None
    if section is None or config.environment != section.environments[0]:
        return []
    key = price("key_month", service="kms", region=section.region)
    what = "1 KMS key of artifacts, without its rotations"
    month = CostGroup(
        "pipeline",
        "The pipeline, a month without executions",
        (line("key", what, 1, key, missing=f"a KMS key in {section.region}"),),
    )
    return [month, *(_minute(kind, what, section.region) for kind, what in BUILDS.items())]


def _minute(kind: str, what: str, region: str) -> CostGroup:
    return CostGroup(kind.replace("_", "-"), f"The pipeline, a minute of {what}", tuple(_lines(kind, region)))


def _lines(kind: str, region: str) -> Iterator[CostLine]:
    action = price("action_minute", service="codepipeline", region=region)
    build = price(kind, service="codebuild", region=region)
    yield line("action", "1 minute of CodePipeline", 1, action, missing=f"a minute of CodePipeline in {region}")
    yield line("build", "1 minute of CodeBuild", 1, build, missing=f"a minute of CodeBuild in {region}")
