"""Calls of a gateway's tools: the Lambda function behind a target, invoked with the gateway's role.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-add-target-lambda.html (event and context)
"""

import json
from typing import Any, NamedTuple
from urllib.parse import quote

from jsonschema import Draft202012Validator
from ministack import app
from ministack.core.responses import new_uuid

from local_aws.extension import lambda_client_context
from local_aws.extension.agents import registry, rights
from local_aws.extension.agents.registry import Gateway, GatewayTool
from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.responses import BedrockError

INVOKE = "lambda:InvokeFunction"
VERSION = "1.0"


class Answer(NamedTuple):
    """What a tool answered, or why it failed."""

    text: str
    failed: bool = False


async def called(gateway: Gateway, tool: GatewayTool, arguments: dict[str, Any], message_id: str) -> Answer:
    """The function's answer. A function that fails, times out or may not be called is an Answer too."""
    fault = next(Draft202012Validator(tool.input_schema).iter_errors(arguments), None)
    if fault is not None:
        return Answer(f"Invalid arguments for {tool.name}: {fault.message}", failed=True)
    role, arn = gateway.record["roleArn"], gateway.record["gatewayArn"]
    try:
        rights.check_role(role, arn)
        rights.check_action(role, INVOKE, tool.lambda_arn)
    except BedrockError as error:
        return Answer(str(error), failed=True)
    if failure := _switched_on(tool):
        return Answer(failure, failed=True)
    return _read(*await _invoke(tool.lambda_arn, arguments, _context(gateway, tool, message_id)))


def target_of(gateway: Gateway, tool: GatewayTool) -> str:
    """The id of the target that the tool belongs to."""
    name = tool.name.partition(registry.TOOL_SEPARATOR)[0]
    return next(key for key, target in gateway.targets.items() if target["name"] == name)


def _context(gateway: Gateway, tool: GatewayTool, message_id: str) -> dict[str, str]:
    return {
        "bedrockAgentCoreMessageVersion": VERSION,
        "bedrockAgentCoreAwsRequestId": new_uuid(),
        "bedrockAgentCoreMcpMessageId": message_id,
        "bedrockAgentCoreGatewayId": registry.last_part(gateway.record["gatewayArn"]),
        "bedrockAgentCoreTargetId": target_of(gateway, tool),
        "bedrockAgentCoreToolName": tool.name,
    }


def _switched_on(tool: GatewayTool) -> str | None:
    """What a fault of bedrock/faults.py makes of the call."""
    if faults.is_on(faults.FAILING_TOOLS):
        return f"The function of {tool.name} failed: RuntimeError: the fault {faults.FAILING_TOOLS} is switched on"
    if faults.is_on(faults.TIMED_OUT_TOOLS):
        return f"The function of {tool.name} failed: Sandbox.Timedout: Task timed out after 30.00 seconds"
    return None


async def _invoke(function: str, arguments: dict[str, Any], context: dict[str, str]) -> tuple[int, Any, bytes]:
    headers = {lambda_client_context.HEADER: lambda_client_context.encoded(context)}
    path = f"/2015-03-31/functions/{quote(function, safe=':')}/invocations"
    answer: tuple[int, Any, bytes] = await app.SERVICE_HANDLERS["lambda"](
        "POST", path, headers, json.dumps(arguments).encode(), {}
    )
    return answer


def _read(status: int, headers: dict[str, str], body: bytes) -> Answer:
    payload = json.loads(body or b"null")
    if status != 200:
        return Answer(f"The function was not invoked: {payload.get('message') or payload}", failed=True)
    if any(name.lower() == "x-amz-function-error" for name in headers):
        kind, message = payload.get("errorType", "Error"), payload.get("errorMessage", "")
        return Answer(f"The function failed: {kind}: {message}", failed=True)
    return Answer(payload if isinstance(payload, str) else json.dumps(payload))
