"""The agents, and what they need of their own: gateways, functions of tools, memories, guardrails."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from bedrock_constructs.agents.agent import Agent
from bedrock_constructs.agents.gateway import ToolGateway
from bedrock_constructs.agents.knowledge_base_tool import KnowledgeBaseTool
from bedrock_constructs.agents.memory import AgentMemory
from bedrock_constructs.agents.tool_function import ToolFunction
from bedrock_constructs.agents.tools import ConfirmedTool
from bedrock_constructs.guardrails import Guardrail
from deployment.config import DeploymentConfig
from deployment.sections.agent_tools import Tool
from kit_contract.agents import gateway_name, harness_name
from kit_contract.parameters import agent_confirmed_tool, agent_harness, knowledge_base_id
from kit_contract.stacks import GENERATIONS_CONTEXT, agent_generation, agent_output, generations_from, pascal
from stacks.invoke_target import invoke_target
from stacks.parameter_value import parameter_value
from stacks.served_guardrails import served_guardrails

QUESTION = {
    "type": "object",
    "properties": {"question": {"type": "string", "description": "What to look for, as a whole question"}},
    "required": ["question"],
}


class AgentsStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, *, config: DeploymentConfig, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._config = config
        self._generations = generations_from(self.node.try_get_context(GENERATIONS_CONTEXT))
        named = [item.guardrail for item in config.agents.values() if item.guardrail]
        self._guardrails: dict[str, Guardrail] = served_guardrails(self, config, named, agents=True)
        for name in config.agents:
            self._agent(name)

    def _agent(self, name: str) -> None:
        config, section = self._config, self._config.agents[name]
        own = Construct(self, f"Agent{pascal(name)}")
        tools = Construct(own, "Tools")
        made = {tool: self._function(tools, pascal(tool), item) for tool, item in section.tools.items()}
        functions = {tool: function for tool, function in made.items() if function}
        gateway, memory = self._gateway(own, name, functions), self._memory(own, name)
        target = invoke_target(self, config, config.agent_model(name))
        agent = Agent(
            own,
            "Agent",
            name=harness_name(config.deployment.name, name),
            model=target.model,
            model_arns=target.invoke_arns,
            instructions=config.agent_instructions(name),
            max_iterations=section.max_iterations,
            max_tokens=section.max_tokens,
            timeout_seconds=section.timeout_seconds,
            idle_seconds=section.idle_seconds,
            gateway=gateway,
            confirmed_tools={
                tool: ConfirmedTool(**_declaration(item)) for tool, item in section.confirmed_tools.items()
            },
            mcp_servers={tool: item.url for tool, item in section.tools.items() if item.url},
            code_interpreters=[tool for tool, item in section.tools.items() if item.kind == "code-interpreter"],
            builtin_tools=section.builtin_tools,
            memory=memory,
            guardrail=self._guardrails[section.guardrail] if section.guardrail else None,
            generation=self._generation(name, "harness"),
        )
        confirmed = {tool: functions[tool].function_arn for tool in section.confirmed_tools}
        self._publish(name, own, agent, confirmed)
        parts = {"harness": agent.harness_id}
        parts |= {"gateway": " ".join((gateway.gateway.gateway_id, *gateway.target_ids))} if gateway else {}
        parts |= {"memory": memory.memory_id} if memory else {}
        for part, identifier in parts.items():
            cdk.CfnOutput(self, agent_output(name, part), value=f"{self._generation(name, part)} {identifier}")

    def _generation(self, name: str, part: str) -> int:
        return self._generations.get(agent_generation(name, part), 1)

    def _gateway(self, own: Construct, name: str, functions: dict[str, lambda_.IFunction]) -> ToolGateway | None:
        tools = self._config.agents[name].gateway_tools
        if not tools:
            return None
        gateway = ToolGateway(
            own,
            "Gateway",
            name=gateway_name(self._config.deployment.name, name),
            generation=self._generation(name, "gateway"),
        )
        for tool, item in tools.items():
            gateway.add_tool(tool, function=functions[tool], **_declaration(item))
        return gateway

    def _function(self, scope: Construct, construct_id: str, tool: Tool) -> lambda_.IFunction | None:
        if tool.knowledge_base:
            parameter = knowledge_base_id(self._config.deployment.name, tool.knowledge_base)
            section = self._config.all_knowledge_bases[tool.knowledge_base]
            identifier = section.existing or parameter_value(scope, f"{construct_id}KnowledgeBaseId", parameter)
            return KnowledgeBaseTool(
                scope,
                construct_id,
                knowledge_base_id=identifier,
                results=tool.results,
                id_parameter=None if section.existing else parameter,
                kit_deployment=self._config.deployment.name,
                managed=section.store == "managed",
            ).function
        if tool.function_arn:
            # The gateway's role may invoke it; a function of another account has to allow that, too.
            return lambda_.Function.from_function_attributes(
                scope, construct_id, function_arn=tool.function_arn, same_environment=False, skip_permissions=True
            )
        if tool.code is None:
            return None
        return ToolFunction(
            scope,
            construct_id,
            files=tool.code_files(),
            handler=tool.entry_point,
            description="A tool of an agent",
            timeout=Duration.seconds(tool.timeout_seconds),
            memory_mb=tool.memory_mb,
        ).function

    def _memory(self, own: Construct, name: str) -> AgentMemory | None:
        section = self._config.agents[name]
        if section.memory == "off":
            return None
        return AgentMemory(
            own,
            "Memory",
            name=harness_name(self._config.deployment.name, name),
            days=section.memory_days,
            long_term=section.memory == "long",
            generation=self._generation(name, "memory"),
        )

    def _publish(self, name: str, own: Construct, agent: Agent, confirmed: dict[str, str]) -> None:
        """Not exports: CloudFormation refuses to replace a harness whose ARN another stack imports."""
        deployment = self._config.deployment.name
        values = {
            "HarnessArn": (agent_harness(deployment, name), agent.arn),
            **{
                f"Confirmed{pascal(tool)}": (agent_confirmed_tool(deployment, name, tool), arn)
                for tool, arn in confirmed.items()
            },
        }
        for construct_id, (parameter, value) in values.items():
            ssm.CfnParameter(own, construct_id, name=parameter, type="String", value=value)


def _declaration(tool: Tool) -> dict[str, Any]:
    if tool.knowledge_base:
        text = tool.description or f"Searches the {tool.knowledge_base} for passages that answer a question"
        return {"description": text, "input_schema": QUESTION}
    found = tool.declaration()
    return {"description": found["description"], "input_schema": found["inputSchema"]}
