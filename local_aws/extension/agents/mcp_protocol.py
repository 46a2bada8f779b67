"""The messages of MCP that a gateway answers: initialize, ping, tools/list, tools/call.

https://modelcontextprotocol.io/specification/2025-06-18/server/tools
"""

from typing import Any

from local_aws.extension.agents import registry
from local_aws.extension.agents.gateway_calls import called
from local_aws.extension.agents.registry import Gateway

VERSIONS = ("2025-03-26", "2025-06-18", "2025-11-25")
PAGE = 50
PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, UNAUTHORIZED = -32700, -32600, -32601, -32602, -32001
Message = dict[str, Any]


async def answer(gateway: Gateway, message: Any) -> tuple[int, Message | None]:
    """The HTTP status and the answer, which a notification does not have."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        return 400, failure(None, INVALID_REQUEST, "Invalid Request")
    if "id" not in message:
        return 202, None
    return 200, await _answered(gateway, message["id"], message["method"], message.get("params") or {})


async def _answered(gateway: Gateway, identifier: Any, method: str, params: Message) -> Message:
    if method == "initialize":
        return _result(identifier, _initialized(gateway, params))
    if method == "ping":
        return _result(identifier, {})
    if method == "tools/list":
        return _listed(gateway, identifier, params)
    if method == "tools/call":
        return await _called(gateway, identifier, params)
    return failure(identifier, NO_METHOD, f"Method not found: {method}")


def _initialized(gateway: Gateway, params: Message) -> Message:
    protocol = (gateway.record.get("protocolConfiguration") or {}).get("mcp") or {}
    supported = protocol.get("supportedVersions") or list(VERSIONS)
    wanted = params.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in supported else supported[-1],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {"name": gateway.record.get("name", ""), "version": "1.0.0"},
        **({"instructions": protocol["instructions"]} if protocol.get("instructions") else {}),
    }


def _listed(gateway: Gateway, identifier: Any, params: Message) -> Message:
    tools = registry.gateway_tools(gateway.record["gatewayArn"])
    cursor = str(params.get("cursor", "0"))
    if not cursor.isdigit():
        return failure(identifier, INVALID_PARAMS, "Invalid cursor")
    start, end = int(cursor), int(cursor) + PAGE
    page = [
        {"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema}
        for tool in tools[start:end]
    ]
    return _result(identifier, {"tools": page, **({"nextCursor": str(end)} if end < len(tools) else {})})


async def _called(gateway: Gateway, identifier: Any, params: Message) -> Message:
    tools = {tool.name: tool for tool in registry.gateway_tools(gateway.record["gatewayArn"])}
    tool = tools.get(params.get("name", ""))
    if tool is None:
        return failure(identifier, INVALID_PARAMS, f"Unknown tool: {params.get('name')}")
    found = await called(gateway, tool, params.get("arguments") or {}, str(identifier))
    return _result(identifier, {"content": [{"type": "text", "text": found.text}], "isError": found.failed})


def failure(identifier: Any, code: int, message: str) -> Message:
    return {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": message}}


def _result(identifier: Any, result: Message) -> Message:
    return {"jsonrpc": "2.0", "id": identifier, "result": result}
