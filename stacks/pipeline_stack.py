"""The pipeline that deploys the environments, in an account of its own. Deployed by hand, and not by the pipeline."""

import os
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.pipelines.codepipeline import DeploymentPipeline, Repository
from bedrock_constructs.pipelines.codepipeline_builds import DeployedEnvironment
from bedrock_constructs.pipelines.codepipeline_commands import Project
from deployment.pipeline_plan import PipelinePlan, PlannedStage


class PipelineStack(cdk.Stack):
    """`config`: the deployment.toml of `plan`, in the folder `project`, which is the root of the repository."""

    def __init__(
        self, scope: Construct, construct_id: str, *, plan: PipelinePlan, config: Path, project: Path, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        section = plan.section
        made = DeploymentPipeline(
            self,
            "DeploymentPipeline",
            name=construct_id,
            repository=Repository(section.connection_arn, section.repository, section.branch, section.tags),
            project=Project(section.install, section.check, section.kit, _within(config, project)),
            environments=[_environment(stage, project) for stage in plan.stages],
            emails=section.emails,
        )
        cdk.CfnOutput(self, "PipelineName", value=made.pipeline.pipeline_name)
        cdk.CfnOutput(self, "TopicArn", value=made.store.topic.topic_arn)


def _environment(stage: PlannedStage, project: Path) -> DeployedEnvironment:
    questions = stage.settings.questions
    return DeployedEnvironment(
        name=stage.environment,
        kit_deployment=stage.deployment,
        account=stage.account,
        region=stage.region,
        accept=stage.settings.accept,
        approval=stage.approval,
        rollback=stage.settings.rollback,
        questions=_within(questions, project) if questions else "",
    )


def _within(file: Path, project: Path) -> str:
    """As the builds see it, which start in the root of the repository."""
    return Path(os.path.relpath(file.resolve(), project.resolve())).as_posix()
