"""The tool that searches a knowledge base: a function that may retrieve from this one, and nothing else."""

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.knowledge_base_ids import known_seconds
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.environment import (
    DEFAULT_KNOWLEDGE_BASE_SECONDS,
    KNOWLEDGE_BASE_ID,
    KNOWLEDGE_BASE_PARAMETER,
    KNOWLEDGE_BASE_SECONDS,
    MANAGED_KNOWLEDGE_BASE,
    PASSAGES,
)
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key


class KnowledgeBaseTool(Construct):
    """Exposes `function`.

    `id_parameter`: SSM parameter with the id, which the function follows; `kit_deployment`: the tag of a replacement.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        knowledge_base_id: str,
        results: int = 5,
        id_parameter: str | None = None,
        kit_deployment: str = "",
        managed: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        stack, seconds = cdk.Stack.of(self), known_seconds(self)
        changes = seconds != DEFAULT_KNOWLEDGE_BASE_SECONDS
        following = {KNOWLEDGE_BASE_PARAMETER: id_parameter} if id_parameter else {}
        following |= {KNOWLEDGE_BASE_SECONDS: str(seconds)} if id_parameter and changes else {}
        self.function = PythonFunction(
            self,
            "Function",
            handler="agent_tools.knowledge_base.handler",
            description="Searches a knowledge base for an agent",
            timeout=Duration.seconds(30),
            environment={
                KNOWLEDGE_BASE_ID: knowledge_base_id,
                PASSAGES: str(results),
                **({MANAGED_KNOWLEDGE_BASE: "true"} if managed else {}),
                **following,
            },
        )
        for statement in self._statements(stack, knowledge_base_id, id_parameter, kit_deployment):
            self.function.add_to_role_policy(statement)
        if id_parameter:
            reason = "the id of a replacement is not known before its deploy; the tag limits them to this deployment's"
            acknowledge_wildcards(self.function.own_role, [_knowledge_base(stack, "*")], reason=reason)

    @staticmethod
    def _statements(
        stack: cdk.Stack, knowledge_base_id: str, id_parameter: str | None, kit_deployment: str
    ) -> list[iam.PolicyStatement]:
        if id_parameter is None:
            return [_allow("bedrock:Retrieve", _knowledge_base(stack, knowledge_base_id))]
        parameter = stack.format_arn(service="ssm", resource="parameter", resource_name=id_parameter[1:])
        own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}
        return [
            _allow("bedrock:Retrieve", _knowledge_base(stack, "*"), own),
            _allow("ssm:GetParameter", parameter),
        ]


def _knowledge_base(stack: cdk.Stack, name: str) -> str:
    return stack.format_arn(service="bedrock", resource="knowledge-base", resource_name=name)


def _allow(action: str, resource: str, conditions: dict[str, dict[str, str]] | None = None) -> iam.PolicyStatement:
    sid = action.partition(":")[2]
    return iam.PolicyStatement(sid=sid, actions=[action], resources=[resource], conditions=conditions)
