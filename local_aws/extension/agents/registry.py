"""The harnesses, gateways and memories that stacks have made: CloudFormation writes them, the loop reads them.

Records have the members of the API (GetHarness, GetGateway, GetMemory).
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-versioning.html
"""

from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agentcore

DEFAULT_ENDPOINT = "DEFAULT"  # always the latest version
TOOL_SEPARATOR = "___"  # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-tool-naming.html
Record = dict[str, Any]


@dataclass
class Harness:
    """`versions`: number -> configuration, which never changes; `endpoints`: name -> version."""

    record: Record
    versions: dict[str, Record] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> str:
        return max(self.versions, key=int)


@dataclass
class Gateway:
    """`targets`: id -> the target's record."""

    record: Record
    targets: dict[str, Record] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayTool:
    """A tool as MCP clients see it, and the function behind it. `name` is `<target>___<tool>`."""

    name: str
    description: str
    input_schema: Record
    lambda_arn: str


harnesses = AccountRegionScopedDict()  # id -> Harness
gateways = AccountRegionScopedDict()  # id -> Gateway


def harness_configuration(arn: str, endpoint: str = DEFAULT_ENDPOINT) -> Record | None:
    """What CreateHarness was given for the version that the endpoint points to, or None if either does not exist.

    It has executionRoleArn, model, systemPrompt, tools, allowedTools, memory, maxIterations, maxTokens, timeoutSeconds.
    """
    found: Harness | None = harnesses.get(last_part(arn))
    if found is None:
        return None
    version = found.latest if endpoint == DEFAULT_ENDPOINT else found.endpoints.get(endpoint)
    return found.versions.get(version) if version else None


def gateway(arn: str) -> Gateway | None:
    found: Gateway | None = gateways.get(last_part(arn))
    return found


def gateway_tools(arn: str) -> list[GatewayTool]:
    """Of all targets that are Lambda functions."""
    found = gateway(arn)
    return [tool for target in found.targets.values() for tool in _tools(target)] if found else []


def memory(arn: str) -> Record | None:
    """Its strategies are `strategies`, each with type, namespaces and strategyId; none for short-term memory only."""
    found: Record | None = bedrock_agentcore._memories.get(last_part(arn))
    return found


def last_part(arn_or_id: str) -> str:
    """The id in an ARN."""
    return arn_or_id.rpartition("/")[2]


def _tools(target: Record) -> list[GatewayTool]:
    function = target["targetConfiguration"].get("mcp", {}).get("lambda")
    if function is None:
        return []
    return [
        GatewayTool(
            name=f"{target['name']}{TOOL_SEPARATOR}{tool['name']}",
            description=tool["description"],
            input_schema=tool["inputSchema"],
            lambda_arn=function["lambdaArn"],
        )
        for tool in function["toolSchema"]["inlinePayload"]
    ]
