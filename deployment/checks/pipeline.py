"""[pipeline.github]: a deploy waits for an environment of GitHub, whose name has to be known."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig


def pipeline_faults(config: DeploymentConfig) -> Iterator[str]:
    github = config.pipeline.github if config.pipeline else None
    if github and not (github.environment or config.environment):
        yield (
            "pipeline.github.environment is missing: it is GitHub's environment that a deploy waits for, and the file "
            "has no [environments.*] to name it; add it"
        )
