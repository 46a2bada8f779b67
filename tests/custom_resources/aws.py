"""Stubbed clients and events: the parameters of every call are checked against the pinned API model."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.stub import Stubber

# The token of the request in `event`: Bedrock gets it as the client request token.
TOKEN = "1062acfeae9bad36525d840a62fe60543acf9246f609e6d15ebbf0002159d6d5"
STACK_ID = "arn:aws:cloudformation:us-east-1:111122223333:stack/sup-training/0f0f"


@cache
def _session() -> boto3.Session:
    """One for all tests: it reads the model of a service once."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def stubbed(service: str) -> tuple[Any, Stubber]:
    client = _session().client(service)
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def event(request_type: str, properties: Mapping[str, Any], **more: object) -> dict[str, Any]:
    physical = {} if request_type == "Create" else {"PhysicalResourceId": "sup-support"}
    return {
        "RequestType": request_type,
        "RequestId": "11111111-2222-3333-4444-555555555555",
        "LogicalResourceId": "Thing",
        "StackId": STACK_ID,
        "ResourceType": "Custom::Thing",
        "ResponseURL": "https://secret.example",
        "ResourceProperties": dict(properties),
        **physical,
        **more,
    }
