"""Reinforcement fine-tuning: a grader scores what the model answers, and the model learns to score higher.

A job calls one version of the grader from beginning to end: a deploy that changes the code does not change the rewards
of a job that is running. Versions are kept, which costs nothing.
https://docs.aws.amazon.com/bedrock/latest/userguide/rft-access-security.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.lambda_functions.code import files_code
from bedrock_constructs.lambda_functions.logged_function import LoggedFunction
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards


class RewardFunction(Construct):
    """A grader of your own code. Exposes `function` and `version_arn`, the ARN that a job names.

    `files` are the paths and contents of the zip; `handler` is `module.function`. It gets a list of samples and returns
    a list of {"id", "aggregate_reward_score"}. `judge_arns` are the models that it may invoke.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        files: Mapping[str, bytes],
        handler: str,
        timeout: Duration,
        memory_mb: int = 512,
        judge_arns: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        function = LoggedFunction(
            self,
            "Function",
            code=files_code(files),
            handler=handler,
            description="Scores responses for reinforcement fine-tuning",
            role_description="Role of a grader of reinforcement fine-tuning",
            timeout=timeout,
            memory_mb=memory_mb,
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
        )
        self.function: lambda_.Function = function
        if judge_arns:
            function.own_role.add_to_policy(
                iam.PolicyStatement(sid="InvokeJudges", actions=["bedrock:InvokeModel"], resources=list(judge_arns))
            )
            acknowledge_wildcards(function.own_role, judge_arns, reason="A global profile runs in any Region")
        self.version_arn = self.function.current_version.function_arn


def reinforcement_members(grader_arn: str, hyperparameters: Mapping[str, int | float | str]) -> dict[str, Any]:
    """`hyperparameters` are those of RFTHyperParameters; Bedrock chooses what is not given."""
    config: dict[str, Any] = {"GraderConfig": {"LambdaGrader": {"LambdaArn": grader_arn}}}
    if hyperparameters:
        config["HyperParameters"] = {name[0].upper() + name[1:]: value for name, value in hyperparameters.items()}
    return {"CustomizationConfig": {"RftConfig": config}}


def grant_grader(role: iam.Role, function_arn: str) -> None:
    """`function_arn` ends in `:*` for any version of a function: the one of a job that is running stays callable."""
    role.add_to_policy(
        iam.PolicyStatement(sid="InvokeGrader", actions=["lambda:InvokeFunction"], resources=[function_arn])
    )
    acknowledge_wildcards(role, [function_arn], reason="Any version of the customization's own grader")


def any_version(function: lambda_.IFunction) -> str:
    return f"{function.function_arn}:*"
