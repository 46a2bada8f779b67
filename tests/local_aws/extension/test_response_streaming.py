"""Streamed responses through API Gateway, from the runtime of the inference API."""

import io
import json
import socket
import stat
import time
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from bedrock_constructs.lambda_functions.sources import source_files
from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.functions import ROLE

WRAPPER = '#!/bin/sh\nexec "$1" -m inference_api.runtime\n'
HANDLER = """
import time
from inference_api.runtime import StreamedResponse

def handler(event, invocation):
    kind = (event["queryStringParameters"] or {}).get("kind", "slow")
    if kind == "raise":
        raise ValueError("no response")
    return StreamedResponse(201, {"x-kind": kind}, body(kind))

def body(kind):
    yield b"first"
    time.sleep(1.5)
    if kind == "break":
        raise ValueError("in the middle")
    yield b"second"
"""


def code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        runtime = {
            name: path.read_text(encoding="utf-8") for name, path in source_files("inference_api.runtime").items()
        }
        for name, text in {**runtime, "index.py": HANDLER, "start": WRAPPER}.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | 0o755) << 16
            archive.writestr(entry, text)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def url(aws: emulator.EmbeddedAws, client: Client) -> str:
    arn = client("lambda").create_function(
        FunctionName="streaming",
        Runtime="python3.14",
        Role=ROLE,
        Handler="index.handler",
        Code={"ZipFile": code()},
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/start"}},
    )["FunctionArn"]
    api = client("apigateway")
    identifier = api.create_rest_api(name="streaming")["id"]
    root = api.get_resources(restApiId=identifier)["items"][0]["id"]
    method: dict[str, Any] = {"restApiId": identifier, "resourceId": root, "httpMethod": "GET"}
    api.put_method(**method, authorizationType="NONE")
    api.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        responseTransferMode="STREAM",
        timeoutInMillis=900_000,
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations",
    )
    api.create_deployment(restApiId=identifier, stageName="v1")
    return f"{aws.endpoint_url}/restapis/{identifier}/v1/_user_request_/"


def pieces(url: str) -> list[tuple[float, bytes]]:
    """What arrives on a connection, with the seconds since the request was sent."""
    parts = urlsplit(url)
    request = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((str(parts.hostname), parts.port), timeout=10) as connection:
        connection.sendall(request.encode())
        began = time.monotonic()
        found = []
        while data := connection.recv(65_536):
            found.append((time.monotonic() - began, data))
    return found


def test_the_first_piece_arrives_before_the_second_is_made(url: str) -> None:
    pieces(url)  # a cold start

    found = pieces(url)

    whole = b"".join(data for _, data in found)
    first = next(at for at, data in found if b"first" in data)
    second = next(at for at, data in found if b"second" in data)
    assert whole.startswith(b"HTTP/1.1 201")
    assert b"x-kind: slow" in whole.lower()
    assert whole.endswith(b"0\r\n\r\n")
    assert second - first > 1


def test_an_error_in_the_middle_leaves_the_response_without_its_end(url: str) -> None:
    whole = b"".join(data for _, data in pieces(f"{url}?kind=break"))

    assert b"first" in whole
    assert not whole.endswith(b"0\r\n\r\n")


def test_an_error_before_the_response_is_a_500(url: str) -> None:
    whole = b"".join(data for _, data in pieces(f"{url}?kind=raise"))

    assert whole.startswith(b"HTTP/1.1 500")
    assert b"Internal server error" in whole


def test_an_environment_serves_one_request_after_another(url: str) -> None:
    assert [b"second" in b"".join(data for _, data in pieces(url)) for _ in range(2)] == [True, True]


def test_a_plain_invocation_gets_the_whole_response(client: Client) -> None:
    answer = client("lambda").invoke(FunctionName="streaming", Payload=json.dumps({"queryStringParameters": None}))

    assert b"firstsecond" in answer["Payload"].read()
