"""The URL of a gateway: an MCP server over streamable HTTP, for callers who may InvokeGateway.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-using-mcp.html
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core.responses import request_scope

from local_aws.extension.agents import mcp_protocol, registry
from local_aws.extension.agents.registry import Gateway
from local_aws.extension.caller_policies import decided
from local_aws.extension.request_signatures import Refused, authenticated

PATH = re.compile(r"/gateways/([0-9a-z-]+)/mcp")
ACTION, SERVICE = "bedrock-agentcore:InvokeGateway", "bedrock-agentcore"
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def install() -> None:
    """Answer at the gateways' URLs, whichever service their requests are signed for."""
    behind = app.app

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        match = PATH.fullmatch(scope.get("path", "")) if scope["type"] == "http" else None
        found = _found(match[1]) if match else None
        if match is None or (found is None and scope["method"] == "GET"):
            await behind(scope, receive, send)
            return
        status, answer = await _answer(found, scope, await _body(receive))
        await _send(send, status, answer)

    app.app = handle


def _found(gateway_id: str) -> tuple[str, str, Gateway] | None:
    """Its account, region and record: a request without a signature has neither."""
    for (account, region, stored), gateway in registry.gateways.all_items():
        if stored == gateway_id:
            return account, region, gateway
    return None


async def _answer(found: tuple[str, str, Gateway] | None, scope: Scope, body: bytes) -> tuple[int, Any]:
    if found is None:
        return 404, mcp_protocol.failure(None, mcp_protocol.INVALID_REQUEST, "Gateway not found")
    if scope["method"] != "POST":
        return 405, mcp_protocol.failure(None, mcp_protocol.INVALID_REQUEST, "Method not allowed")
    account, region, gateway = found
    with request_scope(account, region):
        try:
            _check_caller(gateway, scope, body)
        except Refused as refused:
            return 403, mcp_protocol.failure(None, mcp_protocol.UNAUTHORIZED, str(refused))
        try:
            message = json.loads(body)
        except ValueError:
            return 400, mcp_protocol.failure(None, mcp_protocol.PARSE_ERROR, "Parse error")
        return await mcp_protocol.answer(gateway, message)


def _check_caller(gateway: Gateway, scope: Scope, body: bytes) -> None:
    """Raises Refused unless the gateway's authorizer lets the caller in."""
    kind = gateway.record.get("authorizerType", "AWS_IAM")
    if kind == "NONE":
        return
    if kind != "AWS_IAM":
        raise Refused(_Reason(f"{kind} is not on the embedded AWS; use AWS_IAM"))
    arn = gateway.record["gatewayArn"]
    region, account = arn.split(":")[3:5]
    query = parse_qs(scope.get("query_string", b"").decode(), keep_blank_values=True)
    credential = authenticated("POST", query, body, region, service=SERVICE)
    principal, _, result = decided(credential, ACTION, arn)
    if principal.account != account:
        raise Refused(_Reason(f"the gateway {arn} is of another account"))
    if result.decision != "Allow":
        why = f"because no identity-based policy allows the {ACTION} action"
        raise Refused(_Reason(f"User: {principal.arn} is not authorized to perform: {ACTION} on resource: {arn} {why}"))


class _Reason:
    def __init__(self, message: str) -> None:
        self.message = message


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _send(send: Send, status: int, answer: Any) -> None:
    body = b"" if answer is None else json.dumps(answer).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
