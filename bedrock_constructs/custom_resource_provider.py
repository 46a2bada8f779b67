"""The stack's one provider of custom resources: the CDK provider framework around the package custom_resources."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Acknowledgment, CustomResource, Duration, RemovalPolicy, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from bedrock_constructs.python_function import PythonFunction
from bedrock_constructs.wildcard_reason import explain_wildcards

CONSTRUCT_ID = "CustomResourceProvider"
QUERY_SECONDS_CONTEXT = "custom_resource_query_seconds"
DEFAULT_QUERY_SECONDS = 10
# The waiter counts polls, not the clock: five minutes are left for the polls' own time within CloudFormation's hour.
TOTAL_TIMEOUT = Duration.minutes(55)
SERVICE_TIMEOUT = Duration.seconds(3600)
# What CDK makes by itself around our two functions; its own grants are explained where their names are known.
FRAMEWORK_REASONS = {
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]": (
        "CDK's provider framework attaches it to its own functions; they do nothing but invoke ours"
    ),
    "AwsSolutions-L1": "the runtimes are pinned: the kit's to the bytecode it ships, the framework's to what CDK tests",
    "AwsSolutions-SF1": "the waiter's log would hold CloudFormation's presigned ResponseURL: switched off on purpose",
    "AwsSolutions-SF2": "the waiter only polls; a trace shows nothing that the function's log lines do not",
}


class CustomResourceProvider(Construct):
    """Get it with `CustomResourceProvider.of(scope)`; it may do nothing until a construct grants what it needs."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._on_event = self._function("OnEvent", "on_event", Duration.minutes(15), memory_mb=512)
        self._is_complete = self._function("IsComplete", "is_complete", Duration.minutes(2), memory_mb=256)
        seconds = int(self.node.try_get_context(QUERY_SECONDS_CONTEXT) or DEFAULT_QUERY_SECONDS)
        self._framework = cr.Provider(
            self,
            "Framework",
            on_event_handler=self._on_event,
            is_complete_handler=self._is_complete,
            query_interval=Duration.seconds(seconds),
            total_timeout=TOTAL_TIMEOUT,
            log_group=logs.LogGroup(
                self, "FrameworkLogs", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY
            ),
            disable_waiter_state_machine_logging=True,
        )
        self._acknowledge()

    @staticmethod
    def of(scope: Construct) -> "CustomResourceProvider":
        """The provider of the stack that `scope` is in, made at the first call."""
        stack = Stack.of(scope)
        found = stack.node.try_find_child(CONSTRUCT_ID)
        return found if isinstance(found, CustomResourceProvider) else CustomResourceProvider(stack, CONSTRUCT_ID)

    @property
    def service_token(self) -> str:
        return self._framework.service_token

    @property
    def roles(self) -> list[iam.IRole]:
        """The roles of both functions, on_event first."""
        return [role for function in (self._on_event, self._is_complete) if (role := function.role)]

    def add_to_policy(self, statement: iam.PolicyStatement) -> None:
        for role in self.roles:
            role.add_to_principal_policy(statement)

    def custom_resource(
        self,
        scope: Construct,
        *,
        resource_type: str,
        properties: Mapping[str, Any],
        statements: Sequence[iam.PolicyStatement],
        wildcard_reason: str = "",
    ) -> CustomResource:
        """`Resource` and its `Policy` in `scope`: the grants exist before its Create and until after its Delete.

        `wildcard_reason` says why some resources of `statements` end in a wildcard, where they do.
        """
        policy = iam.Policy(scope, "Policy", statements=list(statements), roles=self.roles)
        resource = CustomResource(
            scope,
            "Resource",
            service_token=self.service_token,
            resource_type=resource_type,
            properties={key: value for key, value in properties.items() if value is not None},
            service_timeout=SERVICE_TIMEOUT,
        )
        resource.node.add_dependency(policy)
        if wildcard_reason:
            named = [resource_arn for statement in statements for resource_arn in statement.resources]
            explain_wildcards(scope, named, reason=wildcard_reason)
        return resource

    def _function(self, construct_id: str, handler: str, timeout: Duration, *, memory_mb: int) -> PythonFunction:
        return PythonFunction(
            self,
            construct_id,
            packages=["custom_resources"],
            handler=f"custom_resources.handler.{handler}",
            description=f"Custom resources of the kit: {handler}",
            timeout=timeout,
            memory_mb=memory_mb,
            service_models=["bedrock"],
        )

    def _acknowledge(self) -> None:
        for rule, reason in FRAMEWORK_REASONS.items():
            Validations.of(self).acknowledge(Acknowledgment(id=rule, reason=reason))
        inner = [self._framework.node.find_child(f"framework-{name}") for name in ("isComplete", "onTimeout")]
        functions = [self._on_event, self._is_complete, *(item for item in inner if isinstance(item, lambda_.Function))]
        explain_wildcards(
            self._framework,
            [f"{function.function_arn}:*" for function in functions],
            reason="CDK's grant_invoke names the function and all its versions",
        )
