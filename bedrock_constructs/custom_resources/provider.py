"""The provider of all custom resources in a stack: a function that CloudFormation invokes and that answers by itself.

For why it is not the CDK's provider framework see docs/architecture.md, "Custom resources answer by themselves".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.custom_resources.policies import CustomResourcePolicies
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge, acknowledge_wildcards
from kit_contract.environment import LEASES_TABLE, LONGEST_PAUSE_SECONDS

CONSTRUCT_ID = "CustomResourceProvider"
POLICIES_ID = "CustomResourcePolicies"
QUERY_SECONDS_CONTEXT = "custom_resource_query_seconds"
# At most two looks a minute at a slow resource: Bedrock's control plane throttles.
DEFAULT_QUERY_SECONDS = 40
SERVICE_TIMEOUT = Duration.seconds(3600)
# A property of every custom resource: Deletes and rollbacks arrive with the properties of an earlier release.
SCHEMA_VERSION = 1


class CustomResourceProvider(Construct):
    """Get it with `CustomResourceProvider.of(scope)`. It has no permissions until a construct adds them."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._reads_assets = False
        self._leases = self._leases_table()
        seconds = int(self.node.try_get_context(QUERY_SECONDS_CONTEXT) or DEFAULT_QUERY_SECONDS)
        self._function = PythonFunction(
            self,
            "Function",
            handler="custom_resources.handler.handle",
            description="Custom resources of the kit",
            timeout=Duration.minutes(15),
            memory_mb=512,
            service_models=["bedrock", "opensearchserverless"],  # whose CreateIndex is younger than the runtime
            environment={LEASES_TABLE: self._leases.ref, LONGEST_PAUSE_SECONDS: str(seconds)},
        )
        self._policies = CustomResourcePolicies(Stack.of(self), POLICIES_ID, role=self.roles[0])
        self._repeat_what_died()
        self.add_to_policy(
            iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], resources=[self._leases.attr_arn])
        )
        # A policy of its own: it names the function, and the function depends on the role's default policy.
        iam.Policy(
            self,
            "HandOver",
            statements=[
                iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self._function.function_arn])
            ],
            roles=self.roles,
        )
        reason = "the runtime is the one that the kit is tested with; a release of the kit changes it"
        acknowledge(self, "AwsSolutions-L1", reason=reason)

    @staticmethod
    def of(scope: Construct) -> "CustomResourceProvider":
        """The provider of the stack of `scope`, created at the first call."""
        stack = Stack.of(scope)
        found = stack.node.try_find_child(CONSTRUCT_ID)
        return found if isinstance(found, CustomResourceProvider) else CustomResourceProvider(stack, CONSTRUCT_ID)

    @property
    def service_token(self) -> str:
        return self._function.function_arn

    @property
    def roles(self) -> list[iam.IRole]:
        """The role of the function."""
        assert self._function.role
        return [self._function.role]

    def add_to_policy(self, statement: iam.PolicyStatement) -> None:
        self._function.add_to_role_policy(statement)

    def read_assets_of(self, bucket_arn: str) -> None:
        """Lets the function decrypt objects of the bootstrap bucket, whose key no template knows.

        `cdk bootstrap --bootstrap-kms-key-id` takes any key and exports none. The encryption context names the bucket
        or the object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
        """
        if self._reads_assets:
            return
        self._reads_assets = True
        stack = Stack.of(self)
        any_key = stack.format_arn(service="kms", resource="key", resource_name="*")
        conditions = {
            "StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{bucket_arn}*"},
        }
        self.add_to_policy(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[any_key], conditions=conditions))
        reason = "the key of the bootstrap bucket is unknown at synth; the conditions admit that bucket's objects only"
        acknowledge_wildcards(self, [any_key], reason=reason)

    def custom_resource(
        self,
        scope: Construct,
        *,
        resource_type: str,
        properties: Mapping[str, Any],
        statements: Sequence[iam.PolicyStatement],
        acknowledgment: str = "",
    ) -> CustomResource:
        """Adds `Resource` to `scope`; the policy of its type exists before the Create and until after the Delete.

        The statements that a Delete needs must be the same for all resources of the type: CloudFormation takes out
        those of a removed resource before it deletes the resource.

        `acknowledgment` says why resources of `statements` contain a wildcard, if they do.
        """
        policy = [self._policies.grant(resource_type, statements, acknowledgment)] if statements else []
        resource = CustomResource(
            scope,
            "Resource",
            service_token=self.service_token,
            resource_type=resource_type,
            properties={
                "SchemaVersion": SCHEMA_VERSION,
                **{key: value for key, value in properties.items() if value is not None},
            },
            service_timeout=SERVICE_TIMEOUT,
        )
        resource.node.add_dependency(*policy, self)
        return resource

    def _leases_table(self) -> dynamodb.CfnTable:
        """The L1 construct: it takes a quarter of the L2's time at synth, in every stack."""
        key = "Resource"
        table = dynamodb.CfnTable(
            self,
            "Leases",
            attribute_definitions=[{"attributeName": key, "attributeType": "S"}],
            key_schema=[{"attributeName": key, "keyType": "HASH"}],
            billing_mode="PAY_PER_REQUEST",
        )
        table.apply_removal_policy(RemovalPolicy.DESTROY)
        reason = "an item is the current lease on a resource; a restored one would be wrong"
        acknowledge(table, "AwsSolutions-DDB3", reason=reason)
        return table

    def _repeat_what_died(self) -> None:
        """Lambda repeats an invocation that died, and the operation continues, for as long as CloudFormation waits."""
        config = self._function.node.find_child("EventInvokeConfig").node.default_child
        assert isinstance(config, lambda_.CfnEventInvokeConfig)
        config.maximum_retry_attempts = 2
        config.maximum_event_age_in_seconds = SERVICE_TIMEOUT.to_seconds()
