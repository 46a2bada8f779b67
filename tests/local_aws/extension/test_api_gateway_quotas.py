"""API Gateway's quotas: the timeout of an integration and the size of a request."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.functions import create_function
from tests.local_aws.servers import code
from tests.local_aws.stacks import ended, reasons

CODE = """
import json, time

def handle(event, context):
    time.sleep(float((event["queryStringParameters"] or {}).get("wait", 0)))
    return {"statusCode": 200, "body": json.dumps(len(event["body"] or ""))}
"""


@pytest.fixture(scope="module")
def url(aws: emulator.EmbeddedAws, client: Client) -> str:
    arn = create_function(client, "behind", "python3.13", "index.py", CODE)
    api = client("apigateway")
    identifier = api.create_rest_api(name="quotas")["id"]
    root = api.get_resources(restApiId=identifier)["items"][0]["id"]
    method: dict[str, Any] = {"restApiId": identifier, "resourceId": root, "httpMethod": "POST"}
    api.put_method(**method, authorizationType="NONE")
    api.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        timeoutInMillis=1_500,
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
    )
    api.create_deployment(restApiId=identifier, stageName="v1")
    return f"{aws.endpoint_url}/restapis/{identifier}/v1/_user_request_/"


def post(url: str, body: bytes = b"") -> tuple[int, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, body, method="POST"), timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_integration_that_takes_longer_than_its_timeout_is_a_504(url: str) -> None:
    assert post(url) == (200, 0)
    assert post(f"{url}?wait=3") == (504, {"message": "Endpoint request timed out"})


TOO_LONG = "Timeout should be between 50 ms and 29000 ms"


@pytest.mark.parametrize("milliseconds", [49, 29_001])
def test_no_integration_may_wait_longer_than_29_seconds(client: Client, milliseconds: int) -> None:
    api = client("apigateway")
    identifier = api.create_rest_api(name="slow")["id"]
    root = api.get_resources(restApiId=identifier)["items"][0]["id"]
    method: dict[str, Any] = {"restApiId": identifier, "resourceId": root, "httpMethod": "GET"}
    api.put_method(**method, authorizationType="NONE")
    api.put_integration(**method, type="MOCK", timeoutInMillis=29_000)

    with pytest.raises(ClientError, match=TOO_LONG) as error:
        api.put_integration(**method, type="MOCK", timeoutInMillis=milliseconds)

    assert code(error) == "BadRequestException"


def test_a_stack_with_such_an_integration_is_rolled_back(client: Client) -> None:
    properties = {
        "RestApiId": {"Ref": "Api"},
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "Integration": {"Type": "MOCK", "TimeoutInMillis": 30_000},
    }
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "slow-stack"}},
        "Method": {"Type": "AWS::ApiGateway::Method", "Properties": properties},
    }

    client("cloudformation").create_stack(StackName="Slow", TemplateBody=json.dumps({"Resources": resources}))

    assert ended(client, "Slow")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert TOO_LONG in reasons(client, "Slow")


@pytest.mark.parametrize(
    ("size", "said"),
    [(6_291_456, "Request Too Long"), (10_485_761, "HTTP content length exceeded 10485760 bytes.")],
)
def test_an_event_that_lambda_does_not_take_is_a_413(url: str, size: int, said: str) -> None:
    """The event has the body and more, so a body of 6 MB is too large."""
    assert post(url, b"x" * 6_000_000) == (200, 6_000_000)
    assert post(url, b"x" * size) == (413, {"message": said})
