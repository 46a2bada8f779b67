"""The roles of an environment's account that the builds of a pipeline in another account assume."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge, acknowledge_wildcards
from bedrock_constructs.pipelines.access import BROAD
from bedrock_constructs.pipelines.rights import Rights
from kit_contract.pipelines import DEPLOY, DIFF, SMOKE, access_role, build_role
from kit_contract.stacks import inference_api_stack
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key


class CodePipelineAccess(Construct):
    """`roles` by DIFF, DEPLOY and SMOKE. Each trusts one role of `pipeline_account`, by its name.

    `cdk bootstrap --trust` would trust that whole account instead, and is not needed: the deploy role assumes the
    roles of `cdk bootstrap` from within the account. The roles of the builds may be made later.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        pipeline_account: str,
        qualifier: str = cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name, self._account = kit_deployment, pipeline_account
        rights = Rights(cdk.Stack.of(self), kit_deployment, qualifier)
        self.roles = {
            DIFF: self._role(DIFF, rights.diff()),
            DEPLOY: self._role(DEPLOY, rights.deploy()),
            SMOKE: self._role(SMOKE, self._smoke()),
        }

    def _role(self, build: str, statements: list[iam.PolicyStatement]) -> iam.Role:
        trusted = cdk.Stack.of(self).format_arn(
            service="iam",
            region="",
            account=self._account,
            resource="role",
            resource_name=build_role(self._name, build),
        )
        role = iam.Role(
            self,
            build.capitalize(),
            role_name=access_role(self._name, build),
            # A principal that is a role has to exist, and dies with it; the account is narrowed to the same role.
            assumed_by=iam.AccountPrincipal(self._account).with_conditions(
                {"ArnEquals": {"aws:PrincipalArn": trusted}}
            ),
        )
        policy = iam.Policy(self, f"{build.capitalize()}Policy", statements=statements, roles=[role])
        resources = [resource for statement in statements for resource in statement.resources]
        acknowledge_wildcards(policy, resources, reason=BROAD)
        if "*" in resources:
            acknowledge(policy, "AwsSolutions-IAM5[Resource::*]", reason=BROAD)
        return role

    def _smoke(self) -> list[iam.PolicyStatement]:
        stack = cdk.Stack.of(self)
        api = stack.format_arn(
            service="cloudformation", resource="stack", resource_name=f"{inference_api_stack(self._name)}/*"
        )
        secrets = stack.format_arn(
            service="secretsmanager", resource="secret", resource_name="*", arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME
        )
        return [
            iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[api]),
            iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"],
                resources=[secrets],
                conditions={"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): self._name}},
            ),
        ]
