"""What a harness is told about its tools, and which of them the model may call.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_bedrockagentcore as agentcore

from kit_contract.agents import GATEWAY_TOOL

Harness = agentcore.CfnHarness


@dataclass(frozen=True)
class ConfirmedTool:
    """A tool that the harness leaves to its caller, who asks a person first. `input_schema` is JSON Schema."""

    description: str
    input_schema: Mapping[str, Any]


def declarations(
    *,
    gateway_arn: str | None,
    confirmed: Mapping[str, ConfirmedTool],
    mcp_servers: Mapping[str, str],
    code_interpreters: Sequence[str],
) -> list[Any]:
    gateways = {GATEWAY_TOOL: gateway_arn} if gateway_arn else {}
    return [
        *(_tool(name, "agentcore_gateway", agent_core_gateway=_gateway(arn)) for name, arn in gateways.items()),
        *(_tool(name, "inline_function", inline_function=_inline(tool)) for name, tool in confirmed.items()),
        *(
            _tool(name, "remote_mcp", remote_mcp=Harness.HarnessRemoteMcpConfigProperty(url=url))
            for name, url in mcp_servers.items()
        ),
        *(Harness.HarnessToolProperty(type="agentcore_code_interpreter", name=name) for name in code_interpreters),
    ]


def allowed(
    *, servers: Sequence[str], functions: Sequence[str], builtin: Sequence[str], code_interpreters: Sequence[str]
) -> list[str]:
    """Never empty: without the list, the model may use the shell and the files of its session's machine.

    AWS doesn't say what an empty list means. A name that no tool has allows none.
    """
    names = [
        *(f"@{name}" for name in servers),
        *functions,
        *code_interpreters,
        *(f"@builtin/{name}" for name in builtin),
    ]
    return names or [f"@{GATEWAY_TOOL}"]


def _tool(name: str, kind: str, **config: Any) -> Any:
    configuration = Harness.HarnessToolConfigurationProperty(**config)
    return Harness.HarnessToolProperty(type=kind, name=name, config=configuration)


def _gateway(arn: str) -> Any:
    iam = Harness.HarnessGatewayOutboundAuthProperty(aws_iam={})
    return Harness.HarnessAgentCoreGatewayConfigProperty(gateway_arn=arn, outbound_auth=iam)


def _inline(tool: ConfirmedTool) -> Any:
    return Harness.HarnessInlineFunctionConfigProperty(
        description=tool.description, input_schema=dict(tool.input_schema)
    )
