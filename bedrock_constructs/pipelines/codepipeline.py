"""A pipeline of CodePipeline, type V2, that checks a repository and deploys its environments one after the other.

Source -> Check (check, synth, security gate) -> for each environment: Review (diff, approval) -> deploy, smoke.
https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from bedrock_constructs.pipelines.codepipeline_builds import Builds, DeployedEnvironment
from bedrock_constructs.pipelines.codepipeline_commands import Project
from bedrock_constructs.pipelines.codepipeline_stages import check_stage, deploy_stage, review_stage
from bedrock_constructs.pipelines.codepipeline_store import PipelineStore

CONNECTIONS = ("codeconnections", "codestar-connections")  # the service and its former name


@dataclass(frozen=True)
class Repository:
    """`name` with its owner or groups. `tags`: patterns of Git tags that start the pipeline, in place of pushes."""

    connection_arn: str
    name: str
    branch: str
    tags: Sequence[str] = ()


class DeploymentPipeline(Construct):
    """Exposes `pipeline`, `builds` and `store`. `name`: of the pipeline. `emails`: of those who approve."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        repository: Repository,
        project: Project,
        environments: Sequence[DeployedEnvironment],
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.store = PipelineStore(self, "Store", emails=emails)
        self.builds = Builds(self, project, self.store)
        source = _source(repository, self.builds.source)
        stages = [
            codepipeline.StageProps(stage_name="Source", actions=[source]),
            check_stage(self.builds, [environment.name for environment in environments]),
        ]
        for environment in environments:
            stages.append(review_stage(self.builds, environment, self.store.topic))
            stages.append(deploy_stage(self.builds, environment))
        self.pipeline = codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_name=name,
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            artifact_bucket=self.store.bucket,
            role=self._role(repository).without_policy_updates(),  # the CDK would add more than is needed
            use_pipeline_role_for_actions=True,
            stages=stages,
            triggers=[_trigger(repository, source)],
        )
        self._tell_failures()

    def _role(self, repository: Repository) -> iam.Role:
        """https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html

        A connection's source action sets an ACL on its artifact (aws-cdk#13557), and needs UseConnection under both
        names of the service, whichever the connection's ARN has:
        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
        """
        bucket, key = self.store.bucket, self.store.key
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codepipeline.amazonaws.com"))
        objects = bucket.arn_for_objects("*")
        partition, _, *rest = repository.connection_arn.split(":")[1:]
        connection = [":".join(["arn", partition, service, *rest]) for service in CONNECTIONS]
        builds = ["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"]
        for action, resources in (
            (["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl"], [objects]),
            (["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], [bucket.bucket_arn]),
            (["kms:Decrypt", "kms:GenerateDataKey"], [key.key_arn]),
            ([f"{service}:UseConnection" for service in CONNECTIONS], connection),
            (builds, [project.project_arn for project in self.builds.projects.values()]),
            (["sns:Publish"], [self.store.topic.topic_arn]),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=action, resources=resources))
        acknowledge_wildcards(role, [objects], reason="CodePipeline chooses the names of artifacts")
        return role

    def _tell_failures(self) -> None:
        """To those who approve: of failed and of stopped executions."""
        name, state, execution = (
            events.EventField.from_path(f"$.detail.{field}") for field in ("pipeline", "state", "execution-id")
        )
        text = f"{name}: {state}, execution {execution}. The log of the failed build says why."
        events.Rule(
            self,
            "Failures",
            event_pattern=events.EventPattern(
                source=["aws.codepipeline"],
                detail_type=["CodePipeline Pipeline Execution State Change"],
                resources=[self.pipeline.pipeline_arn],
                detail={"state": ["FAILED", "STOPPED"]},
            ),
            targets=[targets.SnsTopic(self.store.topic, message=events.RuleTargetInput.from_text(text))],
        )


def _source(repository: Repository, output: codepipeline.Artifact) -> actions.CodeStarConnectionsSourceAction:
    owner, _, name = repository.name.rpartition("/")
    return actions.CodeStarConnectionsSourceAction(
        action_name="Source",
        connection_arn=repository.connection_arn,
        owner=owner,
        repo=name,
        branch=repository.branch,
        output=output,
        trigger_on_push=False,  # the trigger filters
    )


def _trigger(repository: Repository, source: actions.CodeStarConnectionsSourceAction) -> codepipeline.TriggerProps:
    started = (
        codepipeline.GitPushFilter(tags_includes=list(repository.tags))
        if repository.tags
        else codepipeline.GitPushFilter(branches_includes=[repository.branch])
    )
    return codepipeline.TriggerProps(
        provider_type=codepipeline.ProviderType.CODE_STAR_SOURCE_CONNECTION,
        git_configuration=codepipeline.GitConfiguration(source_action=source, push_filter=[started]),
    )
