"""The gateway of an agent: an MCP server that calls Lambda functions, for callers with IAM rights on it.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html
"""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.agents.service_role import agentcore_role
from bedrock_constructs.custom_resources.role_propagation import role_propagation
from kit_contract.agents import TOOL_IN_TARGET
from kit_contract.stacks import pascal

# "Concurrent target operations" on a gateway, where CloudFormation would make and delete all of them together:
# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html
AT_ONCE = 5


class ToolGateway(Construct):
    """Exposes `gateway`, `role` and `target_ids`. Add a tool with `add_tool`; each is a target of its own.

    `generation`: a new one is a new gateway in place of one that was deleted by hand, under another name.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, generation: int = 1) -> None:
        super().__init__(scope, construct_id)
        self._again = str(generation) if generation > 1 else ""
        name = f"{name}{self._again}"
        # The CDK's own role may also be assumed without a condition, and invoke each version of a function.
        self.role = agentcore_role(
            self,
            "Role",
            sources=[f"gateway/{name}-*"],
            description=f"Role of the gateway {name}: it invokes the tools",
        )
        self.gateway = agentcore.Gateway(
            self,
            f"Gateway{self._again}",
            gateway_name=name,
            authorizer_configuration=agentcore.GatewayAuthorizer.using_aws_iam(),
            # No semantic search, which bills each tool's place in an index: the harness lists the tools.
            protocol_configuration=agentcore.GatewayProtocol.mcp(
                supported_versions=[agentcore.MCPProtocolVersion.MCP_2025_06_18]
            ),
            role=self.role.without_policy_updates(),
        )
        self._policy = iam.Policy(self, "InvokeTools", roles=[self.role])
        # AWS looks whether the role may invoke the function of a target when the target is made.
        self._functions: list[str] = []
        self._targets: list[agentcore.GatewayTarget] = []
        self._role_is_in_effect = role_propagation(Construct(self, "RolePropagation"), role=self.role, resources=[])
        self._role_is_in_effect.node.add_dependency(self._policy)

    @property
    def target_ids(self) -> list[str]:
        return [target.target_id for target in self._targets]

    def add_tool(
        self, name: str, *, function: lambda_.IFunction, description: str, input_schema: Mapping[str, Any]
    ) -> agentcore.GatewayTarget:
        """`input_schema` is JSON Schema with what a gateway takes: type, description, properties, required, items."""
        self._policy.add_statements(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
        )
        self._functions.append(function.function_arn)
        waiting = self._role_is_in_effect.node.default_child
        assert isinstance(waiting, cdk.CfnResource)
        waiting.add_property_override("Resources", self._functions)  # another one is waited for again
        definition = agentcore.ToolDefinition(
            name=TOOL_IN_TARGET, description=description, input_schema=_schema(input_schema)
        )
        target = agentcore.GatewayTarget.for_lambda(
            self,
            f"{pascal(name)}{self._again}",
            gateway=self.gateway,
            gateway_target_name=name,
            lambda_function=function,
            tool_schema=agentcore.ToolSchema.from_inline([definition]),
        )
        target.node.add_dependency(self._role_is_in_effect)
        if len(self._targets) >= AT_ONCE:
            target.node.add_dependency(self._targets[-AT_ONCE])
        self._targets.append(target)
        return target


def _schema(given: Mapping[str, Any]) -> agentcore.SchemaDefinition:
    properties = given.get("properties")
    return agentcore.SchemaDefinition(
        type=agentcore.SchemaDefinitionType.of(given["type"]),
        description=given.get("description"),
        properties={name: _schema(item) for name, item in properties.items()} if properties is not None else None,
        items=_schema(given["items"]) if "items" in given else None,
        required=given.get("required"),
    )
