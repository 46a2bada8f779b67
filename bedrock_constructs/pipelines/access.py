"""The roles that a CI system assumes with an OIDC token: one to look, one to look for drift, one to deploy."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge, acknowledge_wildcards
from bedrock_constructs.pipelines.rights import Rights
from bedrock_constructs.pipelines.trust import AUDIENCE, Trust

DIFF, DRIFT, DEPLOY = "diff", "drift", "deploy"
BROAD = "It reads configuration and lists; most of these actions take no resource, or ids that AWS chose"


class OidcProvider(Construct):
    """The issuer of tokens, which an account has once. It is kept when its stack is deleted: others may use it."""

    def __init__(self, scope: Construct, construct_id: str, *, issuer: str) -> None:
        super().__init__(scope, construct_id)
        provider = iam.CfnOIDCProvider(self, "Provider", url=f"https://{issuer}", client_id_list=[AUDIENCE])
        provider.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.arn = provider.attr_arn


class PipelineAccess(Construct):
    """`roles` by DIFF, DRIFT and DEPLOY are named <role_prefix>-<system>-<role>, such as support-github-deploy.

    `existing_provider`: the account has the issuer's OIDC provider; otherwise it is made. `qualifier`: of
    `cdk bootstrap`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        system: str,
        diff: Trust,
        drift: Trust,
        deploy: Trust,
        existing_provider: bool = False,
        role_prefix: str | None = None,
        qualifier: str = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        issuer = deploy.issuer
        self._provider_arn = (
            stack.format_arn(service="iam", region="", resource="oidc-provider", resource_name=issuer)
            if existing_provider
            else OidcProvider(self, "Issuer", issuer=issuer).arn
        )
        self._prefix = f"{role_prefix or kit_deployment}-{system}"
        rights = Rights(stack, kit_deployment, qualifier)
        self.roles = {
            DIFF: self._role(DIFF, diff, rights.diff()),
            DRIFT: self._role(DRIFT, drift, rights.drift()),
            DEPLOY: self._role(DEPLOY, deploy, rights.deploy()),
        }

    def _role(self, name: str, trust: Trust, statements: Sequence[iam.PolicyStatement]) -> iam.Role:
        principal = iam.WebIdentityPrincipal(self._provider_arn, dict(trust.conditions))
        role = iam.Role(
            self,
            name.capitalize(),
            role_name=f"{self._prefix}-{name}",
            assumed_by=principal,
            max_session_duration=cdk.Duration.hours(4 if name == DEPLOY else 1),
        )
        policy = iam.Policy(self, f"{name.capitalize()}Policy", statements=list(statements), roles=[role])
        resources = [resource for statement in statements for resource in statement.resources]
        acknowledge_wildcards(policy, resources, reason=BROAD)
        acknowledge(policy, "AwsSolutions-IAM5[Resource::*]", reason=BROAD)
        return role
