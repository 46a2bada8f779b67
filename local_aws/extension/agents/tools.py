"""The tools of a harness for one invocation: names, schemas, and what happens when the model calls them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ministack.core.responses import new_uuid

from local_aws.extension.agents import registry, remote_mcp
from local_aws.extension.agents.agent_core_error import InvalidFieldError
from local_aws.extension.agents.definition import HarnessDefinition
from local_aws.extension.agents.gateway_calls import Answer, called
from local_aws.extension.agents.registry import Gateway, GatewayTool

Call = Callable[[dict[str, Any]], Awaitable[Answer]]
Record = dict[str, Any]
COMMAND = {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}
# A session on AWS has a machine of its own for these. The names are AWS's, the schemas are not documented.
BUILTIN_TOOLS = {
    "shell": ("Executes a bash command on the session's machine.", COMMAND),
    "file_operations": ("Views, creates and edits files of the session's machine.", COMMAND),
}
CODE = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "language": {"type": "string", "enum": ["python", "javascript"]}},
    "required": ["code"],
}
BUILTIN = "builtin"


@dataclass(frozen=True)
class HarnessTool:
    """`call` is None for an inline function, which the caller of the harness runs. `server`: see `allows`."""

    name: str
    description: str
    schema: Record
    call: Call | None
    server: str = ""


def tools_of(definition: HarnessDefinition, servers: remote_mcp.Servers) -> list[HarnessTool]:
    """The tools that the model may use. `servers` are the remote MCP servers, connected. Raises InvalidFieldError."""
    found = [tool for record in definition.tools for tool in _tools(record, servers)]
    found += [_not_here(name, *described, server=BUILTIN) for name, described in BUILTIN_TOOLS.items()]
    patterns = list(definition.allowed_tools)
    return [tool for tool in found if allows(patterns, tool.server, tool.name)]


def _tools(record: Record, servers: remote_mcp.Servers) -> list[HarnessTool]:
    name, config = record["name"], record.get("config") or {}
    if record["type"] == "inline_function":
        inline = config["inlineFunction"]
        return [HarnessTool(name, inline["description"], inline["inputSchema"], None)]
    if record["type"] == "agentcore_gateway":
        return _gateway_tools(name, config["agentCoreGateway"]["gatewayArn"])
    if record["type"] == "remote_mcp":
        return [
            HarnessTool(tool.name, tool.description, tool.schema, tool.call, name) for tool in servers.tools_of(name)
        ]
    return [_not_here(name, "Runs code in a sandbox, for data analysis and calculations.", CODE)]


def _gateway_tools(server: str, arn: str) -> list[HarnessTool]:
    gateway = registry.gateway(arn)
    if gateway is None:
        raise InvalidFieldError("tools", f"the gateway {arn} does not exist")
    return [
        HarnessTool(tool.name, tool.description, tool.input_schema, _gateway_call(gateway, tool), server)
        for tool in registry.gateway_tools(arn)
    ]


def _gateway_call(gateway: Gateway, tool: GatewayTool) -> Call:
    async def call(arguments: Record) -> Answer:
        return await called(gateway, tool, arguments, new_uuid())

    return call


def _not_here(name: str, description: str, schema: Record, server: str = "") -> HarnessTool:
    async def refuse(_: Record) -> Answer:
        return Answer(f"{name} is not on the embedded AWS; it runs on AWS only", failed=True)

    return HarnessTool(name, description, schema, refuse, server)


def allows(patterns: list[str], server: str, name: str) -> bool:
    """Whether `allowedTools` of a harness lets the model use the tool.

    `server`: the harness's name of a gateway or MCP server, BUILTIN, or empty for its other tools.
    https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html
    """
    return any(_matches(pattern, server, name) for pattern in patterns)


def _matches(pattern: str, server: str, name: str) -> bool:
    if pattern == "*":
        return True
    if not pattern.startswith("@"):
        return server in ("", BUILTIN) and fnmatchcase(name, pattern)
    wanted, slash, tool = pattern.removeprefix("@").partition("/")
    return fnmatchcase(server or name, wanted) and (not slash or fnmatchcase(name, tool))
