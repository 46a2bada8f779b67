"""Remote MCP servers of a harness, by the client of the Strands library, which is imported at the first use."""

import asyncio
import importlib
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from local_aws.extension.agents.agent_core_error import InvalidFieldError
from local_aws.extension.agents.definition import HarnessDefinition
from local_aws.extension.agents.gateway_calls import Answer
from local_aws.extension.bedrock.responses import BedrockError, identifier

TYPE = "remote_mcp"
CLIENT = "strands.tools.mcp"
FROM_VAULT = re.compile(r"\$\{arn:")


class RemoteTool(NamedTuple):
    name: str
    description: str
    schema: dict[str, Any]
    call: Callable[[dict[str, Any]], Awaitable[Answer]]


class Servers:
    """The servers of one invocation. Close them at its end."""

    def __init__(self) -> None:
        self._clients: list[Any] = []
        self._tools: dict[str, list[RemoteTool]] = {}

    def tools_of(self, name: str) -> list[RemoteTool]:
        return self._tools[name]

    async def connect(self, definition: HarnessDefinition) -> None:
        """Raises BedrockError for a server that does not answer."""
        for tool in definition.tools:
            if tool["type"] == TYPE:
                await asyncio.to_thread(self._connect, tool["name"], tool["config"]["remoteMcp"])

    async def close(self) -> None:
        for client in self._clients:
            await asyncio.to_thread(client.stop, None, None, None)

    def _connect(self, name: str, config: dict[str, Any]) -> None:
        headers = config.get("headers") or {}
        if any(FROM_VAULT.search(value) for value in headers.values()) or "awsIam" in (
            config.get("outboundAuth") or {}
        ):
            raise InvalidFieldError("tools", f"{name}: the embedded AWS has no token vault and signs no calls of MCP")
        client = importlib.import_module(CLIENT).MCPClient(url=config["url"], headers=headers)
        try:
            client.start()
            self._clients.append(client)
            self._tools[name] = [_tool(client, one) for one in client.list_tools_sync()]
        except Exception as error:
            raise BedrockError("RuntimeClientError", f"the MCP server {name} did not answer: {error}") from error


def _tool(client: Any, found: Any) -> RemoteTool:
    spec = found.tool_spec

    async def call(arguments: dict[str, Any]) -> Answer:
        result = await asyncio.to_thread(client.call_tool_sync, identifier(), found.mcp_tool.name, arguments)
        text = "\n".join(block["text"] for block in result["content"] if "text" in block)
        return Answer(text, failed=result["status"] == "error")

    return RemoteTool(found.tool_name, spec.get("description", ""), spec["inputSchema"]["json"], call)
