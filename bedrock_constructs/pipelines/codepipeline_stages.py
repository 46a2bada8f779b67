"""The stages of a pipeline: check, and for each environment review and deploy."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_sns as sns

from bedrock_constructs.pipelines import codepipeline_commands as commands
from bedrock_constructs.pipelines.codepipeline_builds import Builds, DeployedEnvironment
from kit_contract.pipelines import DEPLOY, DIFF, SMOKE

APPROVAL_TIMEOUT = Duration.days(7)


def check_stage(builds: Builds, environments: Sequence[str]) -> codepipeline.StageProps:
    """It is tried once more if it fails: most often a package registry did not answer."""
    project = builds.project
    check = builds.plain("Check", commands.check_commands(project), large=True)
    synth = builds.plain("Synth", commands.synth_commands(project, environments), writes=True)
    gate = builds.plain("SecurityGate", commands.security_commands(project, environments), large=True)
    return codepipeline.StageProps(
        stage_name="Check",
        actions=[
            _action(builds, "Check", check, order=1),
            _action(builds, "Synth", synth, order=1, outputs=[builds.assemblies]),
            _action(builds, "SecurityGate", gate, order=2, extra=[builds.assemblies]),
        ],
        on_failure=codepipeline.FailureConditions(
            result=codepipeline.Result.RETRY, retry_mode=codepipeline.RetryMode.FAILED_ACTIONS
        ),
    )


def review_stage(builds: Builds, environment: DeployedEnvironment, topic: sns.ITopic) -> codepipeline.StageProps:
    """A stage of its own, so that the rollback of a deploy asks nobody."""
    diff = builds.of(
        environment,
        DIFF,
        commands.diff_commands(builds.project, environment.name, environment.accept),
        exported=(commands.SUMMARY, commands.ACCEPT, commands.BUILD),
    )
    reviewed: list[codepipeline.IAction] = [_action(builds, "Diff", diff, order=1, namespace=_namespace(environment))]
    if environment.approval:
        reviewed.append(_approval(environment, diff, topic))
    return codepipeline.StageProps(stage_name=f"{environment.prefix}Review", actions=reviewed)


def deploy_stage(builds: Builds, environment: DeployedEnvironment) -> codepipeline.StageProps:
    """A failed deploy or a wrong answer brings back the last version that this stage deployed."""
    project, name = builds.project, environment.name
    deploy = builds.of(environment, DEPLOY, commands.deploy_commands(project, name, environment.accept))
    smoke = builds.of(environment, SMOKE, commands.smoke_commands(project, name, environment.questions))
    consent = {commands.ACCEPT: _variable(environment, commands.ACCEPT)}
    rollback = codepipeline.FailureConditions(result=codepipeline.Result.ROLLBACK)
    return codepipeline.StageProps(
        stage_name=environment.prefix,
        actions=[
            _action(builds, "Deploy", deploy, order=1, variables=consent),
            _action(builds, "Smoke", smoke, order=2),
        ],
        on_failure=rollback if environment.rollback else None,
    )


def _approval(
    environment: DeployedEnvironment, diff: codebuild.PipelineProject, topic: sns.ITopic
) -> actions.ManualApprovalAction:
    stack = Stack.of(topic)
    console = f"https://{stack.region}.console.aws.amazon.com/codesuite/codebuild/{stack.account}/projects"
    return actions.ManualApprovalAction(
        action_name="Approval",
        run_order=2,
        notification_topic=topic,
        additional_information=_variable(environment, commands.SUMMARY),
        external_entity_link=f"{console}/{diff.project_name}/build/{_variable(environment, commands.BUILD)}",
        timeout=APPROVAL_TIMEOUT,
    )


def _namespace(environment: DeployedEnvironment) -> str:
    return f"{environment.prefix}Diff"


def _variable(environment: DeployedEnvironment, name: str) -> str:
    """What the diff has exported, resolved by CodePipeline when the action starts."""
    return f"#{{{_namespace(environment)}.{name}}}"


def _action(
    builds: Builds,
    name: str,
    project: codebuild.PipelineProject,
    *,
    order: int,
    outputs: Sequence[codepipeline.Artifact] = (),
    extra: Sequence[codepipeline.Artifact] = (),
    namespace: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> actions.CodeBuildAction:
    given = {key: codebuild.BuildEnvironmentVariable(value=value) for key, value in (variables or {}).items()}
    return actions.CodeBuildAction(
        action_name=name,
        project=project,
        input=builds.source,
        extra_inputs=list(extra) or None,
        outputs=list(outputs) or None,
        run_order=order,
        variables_namespace=namespace,
        environment_variables=given or None,
    )
