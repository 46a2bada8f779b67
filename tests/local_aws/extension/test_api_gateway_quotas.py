"""API Gateway's quotas: the timeout of an integration and the size of a request."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.functions import create_function

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


@pytest.mark.parametrize(
    ("size", "said"),
    [(6_291_456, "Request Too Long"), (10_485_761, "HTTP content length exceeded 10485760 bytes.")],
)
def test_an_event_that_lambda_does_not_take_is_a_413(url: str, size: int, said: str) -> None:
    """The event has the body and more, so a body of 6 MB is too large."""
    assert post(url, b"x" * 6_000_000) == (200, 6_000_000)
    assert post(url, b"x" * size) == (413, {"message": said})
