"""What the API's function may do with agents, and the secret that signs the calls that a person approves.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html#harness-iam-permissions
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract.agents import ENDPOINT, INVOKE_HARNESS


@dataclass(frozen=True)
class ServedAgent:
    """`confirmed_tools`: those that a person approves -> the ARN of the function, which the API then invokes."""

    harness_arn: str
    confirmed_tools: Mapping[str, str]


def grant_agents(
    function: lambda_.Function, agents: Collection[ServedAgent], approvals: secretsmanager.Secret | None
) -> None:
    resources = [arn for agent in agents for arn in (agent.harness_arn, _endpoint(agent.harness_arn))]
    functions = sorted({arn for agent in agents for arn in agent.confirmed_tools.values()})
    secrets = [approvals.secret_arn] if approvals else []
    for sid, actions, arns in (
        ("InvokeAgents", INVOKE_HARNESS, resources),
        ("RunApprovedTools", ("lambda:InvokeFunction",), functions),
        ("SignCalls", ("secretsmanager:GetSecretValue",), secrets),
    ):
        if arns:
            function.add_to_role_policy(iam.PolicyStatement(sid=sid, actions=list(actions), resources=arns))


def _endpoint(harness_arn: str) -> str:
    return f"{harness_arn}/harness-endpoint/{ENDPOINT}"


def approval_secret(
    scope: Construct, kit_deployment: str, agents: Collection[ServedAgent]
) -> secretsmanager.Secret | None:
    """Only if a tool needs approval: a secret has a monthly price."""
    if not any(agent.confirmed_tools for agent in agents):
        return None
    secret = secretsmanager.Secret(
        scope,
        "ApprovalSecret",
        description=f"{kit_deployment}: signs calls of agents' tools that a person approves",
        generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=64),
    )
    reason = (
        "Only this function reads it, nobody types it, and what it signs is valid for an hour (docs/agents-api.md)."
    )
    acknowledge(secret, "AwsSolutions-SMG4", reason=reason)
    return secret
