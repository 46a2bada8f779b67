"""Lambda's quotas: 4 KB of environment variables, 6 MB (asynchronously 1 MB) for a payload."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.functions import ROLE, create_function, zipped
from tests.local_aws.servers import code
from tests.local_aws.stacks import ended, reasons

PYTHON = "python3.13"
CODE = "def handle(event, context):\n    return 'x' * event['letters'] if 'letters' in event else len(event['text'])\n"
SAID = "exceeded the 4KB limit. String measured: "


def variables(size: int) -> dict[str, Any]:
    """Variables of exactly so many bytes as compact JSON."""
    return {"Variables": {"ALIASES": "x" * (size - len('{"ALIASES":""}'))}}


def create(client: Client, name: str, size: int) -> None:
    client("lambda").create_function(
        FunctionName=name,
        Runtime=PYTHON,
        Role=ROLE,
        Handler="index.handle",
        Code={"ZipFile": zipped("index.py", CODE)},
        Environment=variables(size),
    )


def test_the_environment_holds_4_kb(client: Client) -> None:
    create(client, "fits", 4_096)

    with pytest.raises(ClientError, match=SAID) as created:
        create(client, "too-large", 4_097)
    with pytest.raises(ClientError, match=SAID) as updated:
        client("lambda").update_function_configuration(FunctionName="fits", Environment=variables(4_097))

    assert code(created) == code(updated) == "InvalidParameterValueException"


def test_a_stack_with_a_too_large_environment_is_rolled_back(client: Client) -> None:
    def body(size: int) -> str:
        properties = {
            "Runtime": PYTHON,
            "Handler": "index.handle",
            "Code": {"ZipFile": CODE},
            "Role": ROLE,
            "Environment": variables(size),
        }
        return json.dumps({"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}}})

    stacks = client("cloudformation")
    stacks.create_stack(StackName="Crowded", TemplateBody=body(4_097))
    assert ended(client, "Crowded")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert SAID in reasons(client, "Crowded")

    stacks.create_stack(StackName="Grown", TemplateBody=body(4_096))
    assert ended(client, "Grown")["StackStatus"] == "CREATE_COMPLETE"
    stacks.update_stack(StackName="Grown", TemplateBody=body(4_097))
    assert ended(client, "Grown")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert SAID in reasons(client, "Grown")


@pytest.fixture(scope="module")
def function(client: Client) -> str:
    create_function(client, "payloads", PYTHON, "index.py", CODE)
    return "payloads"


def payload(size: int) -> bytes:
    return b'{"text":"%s"}' % (b"x" * (size - len(b'{"text":""}')))


@pytest.mark.parametrize(
    ("kind", "limit", "said"),
    [
        ("RequestResponse", 6_291_456, "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
        ("Event", 1_048_576, "1048577 byte payload is too large for the Event invocation type"),
    ],
)
def test_a_request_payload_has_a_limit(client: Client, function: str, kind: str, limit: int, said: str) -> None:
    client("lambda").invoke(FunctionName=function, InvocationType=kind, Payload=payload(limit))

    with pytest.raises(ClientError, match=said) as error:
        client("lambda").invoke(FunctionName=function, InvocationType=kind, Payload=payload(limit + 1))

    assert code(error) == "RequestEntityTooLargeException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_a_response_payload_has_a_limit(client: Client, function: str) -> None:
    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps({"letters": 6_291_556}))

    assert answer["FunctionError"] == "Unhandled"
    assert json.load(answer["Payload"])["errorType"] == "Function.ResponseSizeTooLarge"
