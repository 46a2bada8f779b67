"""One build of the pipeline: a CodeBuild project, its role, and its log."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

IMAGE = codebuild.LinuxBuildImage.STANDARD_7_0
READS = ("s3:GetObject", "s3:GetObjectVersion")


class PipelineProject(Construct):
    """Exposes `project`. `assumes`: ARNs of the roles that its commands may assume. `writes`: it has an artifact.

    https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        specification: Mapping[str, Any],
        bucket: s3.IBucket,
        key: kms.IKey,
        assumes: Sequence[str] = (),
        writes: bool = False,
        role_name: str | None = None,
        large: bool = False,
        timeout: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        log = logs.LogGroup(
            self, "Log", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        role = iam.Role(
            self,
            "Role",
            role_name=role_name,
            assumed_by=_codebuild(Stack.of(self)),
        )
        objects = bucket.arn_for_objects("*")
        for statement in _statements(bucket, objects, key, log, assumes, writes=writes):
            role.add_to_policy(statement)
        acknowledge_wildcards(
            self,
            [objects, log.log_group_arn],
            reason="Names of artifacts and streams are CodePipeline's and CodeBuild's",
        )
        compute = codebuild.ComputeType.MEDIUM if large else codebuild.ComputeType.SMALL
        self.project = codebuild.PipelineProject(
            self,
            "Project",
            role=role.without_policy_updates(),  # the CDK would add rights to S3 and to reports that nothing needs
            environment=codebuild.BuildEnvironment(build_image=IMAGE, compute_type=compute, privileged=False),
            build_spec=codebuild.BuildSpec.from_object(dict(specification)),
            encryption_key=key,
            timeout=timeout or Duration.hours(1),
            queued_timeout=Duration.hours(1),
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=log)),
        )


def _codebuild(stack: Stack) -> iam.IPrincipal:
    """For a project of this account.

    https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    projects = stack.format_arn(service="codebuild", resource="project", resource_name="*")
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": projects}}
    return iam.ServicePrincipal("codebuild.amazonaws.com", conditions=conditions)


def _statements(
    bucket: s3.IBucket,
    objects: str,
    key: kms.IKey,
    log: logs.ILogGroup,
    assumes: Sequence[str],
    *,
    writes: bool,
) -> list[iam.PolicyStatement]:
    allowed = [
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log.log_group_arn],
        ),
        iam.PolicyStatement(actions=[*READS, *(["s3:PutObject"] if writes else [])], resources=[objects]),
        iam.PolicyStatement(actions=["s3:GetBucketAcl", "s3:GetBucketLocation"], resources=[bucket.bucket_arn]),
        iam.PolicyStatement(
            actions=["kms:Decrypt", *(["kms:GenerateDataKey"] if writes else [])], resources=[key.key_arn]
        ),
    ]
    if assumes:
        allowed.append(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=list(assumes)))
    return allowed
