"""An agent: a harness of AgentCore, which runs the loop of model and tools, and the endpoint that callers use.

Each change makes a new version of the harness, and then the endpoint moves to it. A version never changes, so requests
under way end as they began, and a deploy that is rolled back moves the endpoint back.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-versioning.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.agents import permissions
from bedrock_constructs.agents.gateway import ToolGateway
from bedrock_constructs.agents.memory import AgentMemory
from bedrock_constructs.agents.service_role import agentcore_role
from bedrock_constructs.agents.tools import ConfirmedTool, allowed, declarations
from bedrock_constructs.arguments import check_dict, check_each, check_kind, check_text, check_whole
from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.guardrails import Guardrail
from bedrock_constructs.model_arns import invoke_arns
from kit_contract.agents import ENDPOINT, GATEWAY_TOOL, INVOKE_HARNESS, MAX_HARNESS_NAME

Harness = agentcore.CfnHarness
HARNESS_NAME = f"[a-zA-Z][a-zA-Z0-9_]{{0,{MAX_HARNESS_NAME - 1}}}"


class Agent(Construct):
    """Exposes `arn`, `harness_id`, `endpoint`, `role`.

    `name`: up to 40 letters, digits and `_`. `instructions`: its system prompt. `model_arns` are what a policy must
    allow to invoke `model`; by default as the catalog knows it. `max_iterations` (calls of the model, up to 1,000),
    `max_tokens` and `timeout_seconds` (up to 3,600) hold for an invocation, `idle_seconds` (60 to 28,800) for a session
    that nobody uses. `mcp_servers`: name -> URL. `confirmed_tools`: those that a caller approves, by name.
    `code_interpreters`: names. `generation`: a new one is a new harness in place of one that was deleted by hand.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        model: str,
        model_arns: Sequence[str] | None = None,
        instructions: str,
        max_iterations: int = 10,
        max_tokens: int = 4096,
        timeout_seconds: int = 120,
        idle_seconds: int = 300,
        gateway: ToolGateway | None = None,
        confirmed_tools: Mapping[str, ConfirmedTool] | None = None,
        mcp_servers: Mapping[str, str] | None = None,
        code_interpreters: Sequence[str] = (),
        builtin_tools: Sequence[str] = (),
        memory: AgentMemory | None = None,
        guardrail: Guardrail | None = None,
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        check_text("name", name, HARNESS_NAME, f"1 to {MAX_HARNESS_NAME} letters, digits and _, starting with a letter")
        check_text("model", model, ".+", "the id or ARN of a model")
        check_text("instructions", instructions, r"(?s).*\S.*", "a text that tells the model what to do")
        check_kind("guardrail", guardrail, Guardrail | None, "a Guardrail")
        check_dict("mcp_servers", mcp_servers or {}, str, "names and URLs")
        check_each("model_arns", model_arns or (), "arn:.+", "the ARN of a model")
        for limit, value, low, high in (
            ("max_iterations", max_iterations, 1, 1000),
            ("max_tokens", max_tokens, 1, 1_000_000),
            ("timeout_seconds", timeout_seconds, 1, 3600),
            ("idle_seconds", idle_seconds, 60, 28_800),
            ("generation", generation, 1, None),
        ):
            check_whole(limit, value, low, high)
        confirmed, servers = confirmed_tools or {}, mcp_servers or {}
        again = str(generation) if generation > 1 else ""
        harness_name = f"{name[: MAX_HARNESS_NAME - len(again) - 1]}_{again}" if again else name
        self.role = agentcore_role(
            self,
            "Role",
            # It runs on a runtime of AgentCore's, which assumes the role too, under a name that AWS doesn't document.
            sources=[f"harness/{harness_name}-*", "runtime/*"],
            description=f"Role of the agent {name}: it invokes its model and calls its tools",
        )
        arns = model_arns or invoke_arns(self, model)
        permissions.grant_running(self.role, harness_name=harness_name, model_arns=arns)
        parts = self._grant_parts(gateway, memory, guardrail, code_interpreters)
        gateway_arn = gateway.gateway.gateway_arn if gateway else None
        harness = Harness(
            self,
            f"Harness{again}",
            harness_name=harness_name,
            execution_role_arn=self.role.role_arn,
            model=_model(model, guardrail),
            system_prompt=[Harness.HarnessSystemContentBlockProperty(text=instructions)],
            tools=declarations(
                gateway_arn=gateway_arn,
                confirmed=confirmed,
                mcp_servers=servers,
                code_interpreters=code_interpreters,
            ),
            allowed_tools=allowed(
                servers=[*([GATEWAY_TOOL] if gateway else []), *servers],
                functions=list(confirmed),
                builtin=builtin_tools,
                code_interpreters=code_interpreters,
            ),
            memory=_memory(memory),
            environment=_environment(idle_seconds),
            max_iterations=max_iterations,
            max_tokens=max_tokens,
            timeout_seconds=timeout_seconds,
        )
        # AWS assumes the role when the harness is made, and IAM may not know it everywhere yet.
        waiting = Construct(self, "RolePropagation")
        harness.node.add_dependency(role_propagation(waiting, role=self.role, resources=[*arns, *parts]))
        endpoint = agentcore.CfnHarnessEndpoint(
            self,
            f"Endpoint{again}",
            harness_id=harness.attr_harness_id,
            endpoint_name=ENDPOINT,
            target_version=harness.attr_version,
        )
        self.arn, self.harness_id, self.endpoint = harness.attr_arn, harness.attr_harness_id, endpoint.endpoint_name

    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow `grantee` to invoke it directly: requests may then override its model, prompt and tools."""
        endpoint = f"{self.arn}/harness-endpoint/{self.endpoint}"
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(INVOKE_HARNESS), resource_arns=[self.arn, endpoint]
        )

    def _grant_parts(
        self,
        gateway: ToolGateway | None,
        memory: AgentMemory | None,
        guardrail: Guardrail | None,
        code_interpreters: Sequence[str],
    ) -> list[str]:
        """What the role may use now."""
        arns: list[str] = []
        if gateway:
            permissions.grant_gateway(self.role, gateway.gateway.gateway_arn)
            arns.append(gateway.gateway.gateway_arn)
        if memory:
            permissions.grant_memory(self.role, memory.arn)
            arns.append(memory.arn)
        if guardrail:
            permissions.grant_guardrail(self.role, arns=guardrail.apply_arns, key=guardrail.kms_key_arn)
            arns += guardrail.apply_arns
        if code_interpreters:
            permissions.grant_code_interpreter(self.role)
        return arns


def _model(model: str, guardrail: Guardrail | None) -> Any:
    """The guardrail is a parameter of each request to the model, which Converse alone has.

    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-models.html#harness-model-guardrails
    """
    parameters = None
    if guardrail:
        named = {"guardrailIdentifier": guardrail.apply_arns[0], "guardrailVersion": guardrail.version}
        parameters = {"guardrailConfig": named}
    return Harness.HarnessModelConfigurationProperty(
        bedrock_model_config=Harness.HarnessBedrockModelConfigProperty(
            model_id=model, api_format="converse_stream", additional_params=parameters
        )
    )


def _memory(memory: AgentMemory | None) -> Any:
    if memory is None:  # left out, AWS makes one and bills it
        return Harness.HarnessMemoryConfigurationProperty(disabled={})
    retrieval = {
        namespace: Harness.HarnessAgentCoreMemoryRetrievalConfigProperty(top_k=top_k, relevance_score=relevance)
        for namespace, (top_k, relevance) in memory.retrieval.items()
    }
    return Harness.HarnessMemoryConfigurationProperty(
        agent_core_memory_configuration=Harness.HarnessAgentCoreMemoryConfigurationProperty(
            arn=memory.arn, retrieval_config=retrieval or None
        )
    )


def _environment(idle_seconds: int) -> Any:
    lifecycle = Harness.LifecycleConfigurationProperty(idle_runtime_session_timeout=idle_seconds)
    return Harness.HarnessEnvironmentProviderProperty(
        agent_core_runtime_environment=Harness.HarnessAgentCoreRuntimeEnvironmentProperty(
            lifecycle_configuration=lifecycle
        )
    )
