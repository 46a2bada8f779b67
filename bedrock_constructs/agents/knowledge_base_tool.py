"""The tool that searches a knowledge base: a function that may retrieve from this one, and nothing else."""

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.lambda_functions.python_function import PythonFunction
from kit_contract.environment import KNOWLEDGE_BASE_ID, MANAGED_KNOWLEDGE_BASE, PASSAGES


class KnowledgeBaseTool(Construct):
    """Exposes `function`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, knowledge_base_id: str, results: int = 5, managed: bool = False
    ) -> None:
        super().__init__(scope, construct_id)
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
            },
        )
        knowledge_base = cdk.Stack.of(self).format_arn(
            service="bedrock", resource="knowledge-base", resource_name=knowledge_base_id
        )
        self.function.add_to_role_policy(
            iam.PolicyStatement(sid="Retrieve", actions=["bedrock:Retrieve"], resources=[knowledge_base])
        )
