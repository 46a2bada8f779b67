"""The URL of a gateway: MCP for callers with a signature and the right, and the calls of its functions."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.local_aws.conftest import Client
from tests.local_aws.extension.agents.conftest import Ask
from tests.local_aws.extension.agents.test_invoke_harness import ORDER_TOOL, calls, results, stops

OWNER = Credentials("000000000000", "test")
CALL = {"name": ORDER_TOOL, "arguments": {"order_id": "4711"}}


def post(url: str, body: Any, credentials: Credentials | None = OWNER) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = AWSRequest("POST", url, headers={"Content-Type": "application/json"}, data=content)
    if credentials:
        SigV4Auth(credentials, "bedrock-agentcore", "us-east-1").add_auth(request)
    response = URLLib3Session().send(request.prepare())
    return response.status_code, json.loads(response.content or b"null")


def message(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@pytest.fixture
def user(client: Client, shop: dict[str, str]) -> Iterator[Callable[..., Credentials]]:
    """user(action) has the credentials of a user who may do it on the gateway."""
    iam = client("iam")

    def make(action: str) -> Credentials:
        iam.create_user(UserName="mcp-caller")
        allow = {"Effect": "Allow", "Action": action, "Resource": shop["GatewayArn"]}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_user_policy(UserName="mcp-caller", PolicyName="own", PolicyDocument=document)
        key = iam.create_access_key(UserName="mcp-caller")["AccessKey"]
        return Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    yield make
    for key in iam.list_access_keys(UserName="mcp-caller")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="mcp-caller", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="mcp-caller", PolicyName="own")
    iam.delete_user(UserName="mcp-caller")


def test_a_gateway_says_who_it_is_and_lists_its_tools(shop: dict[str, str]) -> None:
    status, answer = post(shop["Url"], message("initialize", protocolVersion="2025-06-18"))
    assert (status, answer["result"]["protocolVersion"]) == (200, "2025-06-18")
    assert post(shop["Url"], {"jsonrpc": "2.0", "method": "notifications/initialized"}) == (202, None)

    _, answer = post(shop["Url"], message("tools/list"))

    (tool,) = answer["result"]["tools"]
    assert (tool["name"], tool["inputSchema"]["required"]) == (ORDER_TOOL, ["order_id"])


def test_a_call_invokes_the_function(shop: dict[str, str]) -> None:
    _, answer = post(shop["Url"], message("tools/call", **CALL))

    assert not answer["result"]["isError"]
    assert json.loads(answer["result"]["content"][0]["text"])["status"] == "shipped"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [({"order_id": "13"}, "ValueError: there is no order 13"), ({}, "'order_id' is a required property")],
)
def test_a_call_that_fails_is_a_result_with_an_error(shop: dict[str, str], arguments: dict[str, str], why: str) -> None:
    _, answer = post(shop["Url"], message("tools/call", name=ORDER_TOOL, arguments=arguments))

    assert answer["result"]["isError"]
    assert why in answer["result"]["content"][0]["text"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (message("tools/call", name="other"), 200, -32602),
        (message("prompts/list"), 200, -32601),
        (message("tools/list", cursor="x"), 200, -32602),
        ([], 400, -32600),
        (b"{", 400, -32700),
    ],
)
def test_what_is_not_mcp_is_an_error(shop: dict[str, str], body: Any, status: int, code: int) -> None:
    answered, answer = post(shop["Url"], body)

    assert (answered, answer["error"]["code"]) == (status, code)


def test_the_role_of_the_gateway_needs_the_right_to_invoke(shop: dict[str, str], client: Client) -> None:
    iam, name = client("iam"), shop["GatewayRole"].rpartition("/")[2]
    document = iam.get_role_policy(RoleName=name, PolicyName="own")["PolicyDocument"]
    iam.delete_role_policy(RoleName=name, PolicyName="own")

    _, answer = post(shop["Url"], message("tools/call", **CALL))

    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(document))
    assert answer["result"]["isError"]
    assert "is not authorized to perform: lambda:InvokeFunction" in answer["result"]["content"][0]["text"]


@pytest.mark.parametrize(
    ("action", "status"), [("bedrock-agentcore:InvokeGateway", 200), ("bedrock-agentcore:GetGateway", 403)]
)
def test_a_caller_needs_the_right_to_invoke_the_gateway(
    shop: dict[str, str], user: Callable[..., Credentials], action: str, status: int
) -> None:
    assert post(shop["Url"], message("tools/list"), user(action))[0] == status


def test_a_caller_without_a_signature_is_refused(shop: dict[str, str]) -> None:
    status, answer = post(shop["Url"], message("tools/list"), None)

    assert (status, answer["error"]["message"]) == (403, "Missing Authentication Token")
    assert post(shop["OpenUrl"], message("ping"), None)[0] == 200, "a gateway without an authorizer"


def test_an_agent_uses_a_remote_mcp_server(ask: Ask, shop: dict[str, str]) -> None:
    server = {"type": "remote_mcp", "name": "orders", "config": {"remoteMcp": {"url": shop["OpenUrl"]}}}

    events = ask("What is the status of order 4711?", tools=[server], allowedTools=["@orders"])

    assert [use["input"] for use in calls(events)] == [{"order_id": "4711"}]
    assert [status for status, _ in results(events)] == ["success"]
    assert stops(events)[-1] == "end_turn"
