"""What the pipeline of a deployment.toml deploys: each of its environments, with name, account and Region."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployment.config import ConfigError, DeploymentConfig, base_name, environments_in, load_deployment_config
from deployment.sections.codepipeline import CodePipeline, PipelineStage

SECTION = "pipeline.codepipeline"


@dataclass(frozen=True)
class PlannedStage:
    """`deployment`: the environment's [deployment] name."""

    environment: str
    deployment: str
    account: str
    region: str
    approval: bool
    settings: PipelineStage


@dataclass(frozen=True)
class PipelinePlan:
    """`name`: of [deployment], without an environment."""

    name: str
    section: CodePipeline
    stages: tuple[PlannedStage, ...]


def load_pipeline_plan(path: Path) -> PipelinePlan:
    """Raises ConfigError: of the file, of any of its environments, of the pipeline."""
    names = environments_in(path)
    if not names:
        fix = "add [environments.NAME] with its account, see docs/environments.md"
        raise ConfigError([f"{path.name}: {SECTION}: the file has no environments for the pipeline to deploy; {fix}"])
    configs = {name: load_deployment_config(path, name) for name in names}
    sections = [config.pipeline.codepipeline if config.pipeline else None for config in configs.values()]
    section = sections[0]
    if section is None:
        raise ConfigError([f"{path.name}: {SECTION} is missing; add it, see docs/pipelines.md"])
    if any(other != section for other in sections):
        raise ConfigError([f"{path.name}: {SECTION} must be the same for all environments; move it out of them"])
    if faults := list(_faults(section, configs)):
        raise ConfigError([f"{path.name}: {fault}" for fault in faults])
    return PipelinePlan(base_name(path), section, tuple(_stages(section, configs)))


def check_pipeline_account(plan: PipelinePlan, account: str | None, file: str) -> None:
    """`account` is that of the credentials; None: unknown. Raises ConfigError."""
    if account and account != plan.section.account:
        fix = f"use credentials of {plan.section.account}, or change it"
        raise ConfigError([f"{file}: {SECTION}.account is {plan.section.account}, got credentials of {account}; {fix}"])


def _faults(section: CodePipeline, configs: dict[str, DeploymentConfig]) -> Iterator[str]:
    for name in section.environments:
        if name not in configs:
            known = ", ".join(configs)
            yield f"{SECTION}.environments: {name} must be one of [environments.*] ({known}); add it or remove it here"
        elif not configs[name].deployment.account:
            yield f"environments.{name}.account is missing; the pipeline has to know whose role to assume, so add it"


def _stages(section: CodePipeline, configs: dict[str, DeploymentConfig]) -> Iterator[PlannedStage]:
    for name in section.environments:
        deployment = configs[name].deployment
        assert deployment.account
        yield PlannedStage(
            environment=name,
            deployment=deployment.name,
            account=deployment.account,
            region=deployment.region,
            approval=section.needs_approval(name),
            settings=section.stage(name),
        )
