"""An API with AWS_IAM authorization: the function behind it, and calls with a signature."""

import json
from typing import Any, NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.local_aws.conftest import Client

CODE = """
import json

def handle(event, context):
    who = event["requestContext"]["identity"].get("userArn")
    message = {"role": "assistant", "content": [{"text": f"{event['path']} {who}"}]}
    answer = {"output": {"message": message}, "stopReason": "end_turn", "usage": {}}
    return {"statusCode": 200, "body": json.dumps(answer)}
"""
OWNER, OTHER = "000000000000", "444455556666"
BODY = b'{"messages": []}'


class Api(NamedTuple):
    """`arn`: of the stage's methods, without a slash at its end."""

    identifier: str
    url: str
    arn: str


def send(
    api: Api,
    credentials: Credentials | None,
    *,
    service: str = "execute-api",
    region: str = "us-east-1",
    signer: type[Any] = SigV4Auth,
    headers: dict[str, str] | None = None,
    body: bytes = BODY,
    **changed: Any,
) -> tuple[int, str, str]:
    """Status, x-amzn-ErrorType and message of a call. `changed`: attributes of the request after it was signed."""
    request = AWSRequest("POST", f"{api.url}/model/bot/converse", data=body, headers=headers or {})
    if credentials:
        signer(credentials, service, region).add_auth(request)
    for name, value in changed.items():
        setattr(request, name, value)
    response = URLLib3Session().send(request.prepare())
    answer = json.loads(response.content)
    said = answer.get("message") or answer.get("Message")
    return response.status_code, response.headers.get("x-amzn-ErrorType", ""), said


def attach(client: Client, api: Api, statements: list[dict[str, Any]] | None) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else ""
    change = {"op": "replace", "path": "/policy", "value": policy}
    client("apigateway").update_rest_api(restApiId=api.identifier, patchOperations=[change])
