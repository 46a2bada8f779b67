"""Who may look at this deployment and deploy it from CI: deployed by hand, by an administrator, and not by CI."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from bedrock_constructs.pipelines.access import PipelineAccess
from bedrock_constructs.pipelines.codepipeline_access import CodePipelineAccess
from bedrock_constructs.pipelines.trust import GitHubRepository, GitLabProject
from deployment.config import DeploymentConfig
from deployment.sections.pipeline import GitHub, GitLab
from kit_contract.stacks import pipeline_role_output


class PipelineAccessStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        assert config.pipeline
        self._name = config.deployment.name
        if config.pipeline.github:
            self._github(config.pipeline.github, config.environment)
        if config.pipeline.gitlab:
            self._gitlab(config.pipeline.gitlab)
        section = config.pipeline.codepipeline
        if section and config.environment in section.environments:
            CodePipelineAccess(self, "CodePipeline", kit_deployment=self._name, pipeline_account=section.account)

    def _github(self, section: GitHub, environment: str | None) -> None:
        repository = GitHubRepository(section.repository, section.repository_id, section.owner_id)
        branches = [f"refs/heads/{branch}" for branch in section.branches]
        tags = [f"refs/tags/{tag}" for tag in section.tags]
        access = PipelineAccess(
            self,
            "GitHub",
            kit_deployment=self._name,
            system="github",
            diff=repository.trust("pull_request"),
            drift=repository.trust(f"ref:refs/heads/{section.default_branch}"),
            deploy=repository.trust(f"environment:{section.environment or environment}", references=[*branches, *tags]),
            existing_provider=section.provider == "existing",
            role_prefix=section.role_prefix,
        )
        self._outputs("github", access)

    def _gitlab(self, section: GitLab) -> None:
        project = GitLabProject(section.project, section.host)
        access = PipelineAccess(
            self,
            "GitLab",
            kit_deployment=self._name,
            system="gitlab",
            diff=project.any_branch(),
            drift=project.trust(branches=[section.default_branch]),
            deploy=project.trust(branches=section.branches, tags=section.tags),
            existing_provider=section.provider == "existing",
            role_prefix=section.role_prefix,
        )
        self._outputs("gitlab", access)

    def _outputs(self, system: str, access: PipelineAccess) -> None:
        for name, role in access.roles.items():
            cdk.CfnOutput(self, pipeline_role_output(system, name), value=role.role_arn)
