"""The builds of a pipeline: those that need no rights, and those that assume a role in an environment's account."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from constructs import Construct

from bedrock_constructs.pipelines.codepipeline_commands import SYNTH_ARTIFACT, Project, build_specification
from bedrock_constructs.pipelines.codepipeline_project import PipelineProject
from bedrock_constructs.pipelines.codepipeline_store import PipelineStore
from kit_contract.pipelines import DEPLOY, access_role, build_role
from kit_contract.stacks import pascal

DEPLOY_TIMEOUT = Duration.hours(8)


@dataclass(frozen=True)
class DeployedEnvironment:
    """`accept`: kinds of `kit diff` that the pipeline may do there. `questions`: a file in the repository, or none."""

    name: str
    kit_deployment: str
    account: str
    region: str
    accept: Sequence[str]
    approval: bool
    rollback: bool
    questions: str = ""

    @property
    def prefix(self) -> str:
        return pascal(self.name)


class Builds:
    """`projects` by their construct id. `source` and `assemblies`: the artifacts that builds take."""

    def __init__(self, scope: Construct, project: Project, store: PipelineStore) -> None:
        self._scope, self.project, self._store = scope, project, store
        self.source = codepipeline.Artifact("Source")
        self.assemblies = codepipeline.Artifact(SYNTH_ARTIFACT)
        self.projects: dict[str, codebuild.PipelineProject] = {}

    def plain(
        self, name: str, lines: Sequence[str], *, writes: bool = False, large: bool = False
    ) -> codebuild.PipelineProject:
        """`writes`: it has an artifact."""
        made = PipelineProject(
            self._scope,
            name,
            specification=build_specification(self.project, lines, artifacts=writes),
            bucket=self._store.bucket,
            key=self._store.key,
            writes=writes,
            large=large,
        )
        self.projects[name] = made.project
        return made.project

    def of(
        self, environment: DeployedEnvironment, build: str, lines: Sequence[str], *, exported: Sequence[str] = ()
    ) -> codebuild.PipelineProject:
        """`build` is DIFF, DEPLOY or SMOKE of kit_contract.pipelines. It assumes its role there, and no other."""
        role = Stack.of(self._scope).format_arn(
            service="iam",
            region="",
            account=environment.account,
            resource="role",
            resource_name=access_role(environment.kit_deployment, build),
        )
        variables = {"KIT_ROLE": role, "KIT_REGION": environment.region}
        name = f"{environment.prefix}{build.capitalize()}"
        made = PipelineProject(
            self._scope,
            name,
            specification=build_specification(self.project, lines, exported=exported, variables=variables),
            bucket=self._store.bucket,
            key=self._store.key,
            assumes=[role],
            role_name=build_role(environment.kit_deployment, build),
            timeout=DEPLOY_TIMEOUT if build == DEPLOY else None,
        )
        self.projects[name] = made.project
        return made.project
