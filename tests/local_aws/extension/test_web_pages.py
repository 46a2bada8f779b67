"""No web page can use the embedded AWS of a developer's machine; clients and Lambda functions can."""

import http.client
import json
import socket
from urllib.parse import quote, urlencode

import pytest

from local_aws import emulator
from tests.local_aws.conftest import Client

Aws = emulator.EmbeddedAws
STACK = json.dumps({"Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})
FUNCTION = "/2015-03-31/functions/"


def ask(
    aws: Aws, method: str, path: str, headers: dict[str, str], body: bytes = b""
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=10)
    given = {name: value.replace("PORT", str(aws.port)) for name, value in headers.items()}
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{aws.port}", "Content-Length": str(len(body)), **given}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    answer = response.status, response.read().decode(), {name.lower(): value for name, value in response.getheaders()}
    connection.close()
    return answer


REBOUND = [
    "attacker.example:PORT",
    "attacker.example",
    "127.0.0.1.attacker.example:PORT",
    "localhost.attacker.example:PORT",
]
REBOUND += [
    "notlocalhost:PORT",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost",
    "user@127.0.0.1:PORT",
    "[::2]:PORT",
    "",
    "10.0.0.1:PORT",
]


@pytest.mark.parametrize("host", REBOUND)
def test_a_name_of_somebody_else_is_refused(aws: Aws, host: str) -> None:
    status, body, _ = ask(aws, "GET", "/_ministack/health", {"Host": host})

    assert status == 403
    assert f"answers to http://127.0.0.1:{aws.port}" in json.loads(body)["message"]
    assert f"got Host: {host.replace('PORT', str(aws.port)) or 'none'}" in json.loads(body)["message"] or not host


@pytest.mark.parametrize(
    "host", ["127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT", "[::1]:PORT", "bucket.s3.localhost:PORT"]
)
def test_its_own_names_are_answered(aws: Aws, host: str) -> None:
    assert ask(aws, "GET", "/_ministack/health", {"Host": host})[0] == 200


PAGES = [
    {"Origin": "https://attacker.example"},
    {"Origin": "null"},  # a sandboxed frame, a file
    {"Origin": "http://localhost:5173"},  # another server on this machine
    {"Origin": "http://127.0.0.1"},
    {"Origin": "https://127.0.0.1:PORT"},
    {"Sec-Fetch-Site": "cross-site"},  # a link, an image: no Origin
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", PAGES)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/?" + urlencode({"Action": "CreateStack", "StackName": "evil", "TemplateBody": STACK})),
        ("POST", FUNCTION),
        ("OPTIONS", FUNCTION),  # the preflight of a request with other headers
        ("POST", "/_ministack/reset"),
        ("OPTIONS", "/_aws/execute-api/abcdef0123/prod/v1/chat/completions"),
        ("POST", "/_aws/execute-api/abcdef0123/prod/v1/chat/completions"),
    ],
)
def test_a_page_of_another_site_is_refused(
    aws: Aws, client: Client, headers: dict[str, str], method: str, path: str
) -> None:
    status, body, answered = ask(aws, method, path, headers, b"{}" if method == "POST" else b"")

    assert status == 403
    assert "takes no requests of web pages, got" in json.loads(body)["message"]
    assert [name for name in answered if name.startswith("access-control-")] == []
    stacks = [stack["StackName"] for stack in client("cloudformation").describe_stacks()["Stacks"]]
    assert "evil" not in stacks


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://127.0.0.1:PORT"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_its_own_pages_and_typed_addresses_are_answered(aws: Aws, headers: dict[str, str]) -> None:
    assert ask(aws, "GET", "/_ministack/health", headers)[0] == 200


def test_a_page_opens_no_websocket(aws: Aws) -> None:
    opening = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "https://attacker.example"}

    assert ask(aws, "GET", "/_aws/execute-api/abcdef01/prod", {**opening, **key})[0] == 403


def test_two_hosts_are_refused(aws: Aws) -> None:
    lines = f"GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{aws.port}\r\nHost: attacker.example\r\n\r\n"
    with socket.create_connection(("127.0.0.1", aws.port), timeout=10) as raw:
        raw.sendall(lines.encode())
        assert raw.recv(100).startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))


def test_a_refusal_is_in_the_log(aws: Aws) -> None:
    ask(aws, "GET", f"/{quote('a page')}", {"Origin": "https://attacker.example"})

    log = (aws.state_dir / "emulator.log").read_text(encoding="utf-8")
    assert "refused GET /a page: the embedded AWS takes no requests of web pages" in log


def test_a_bucket_is_reached_by_its_name_below_localhost(aws: Aws, client: Client) -> None:
    client("s3").create_bucket(Bucket="by-name")
    client("s3").put_object(Bucket="by-name", Key="key", Body=b"found")

    status, body, _ = ask(aws, "GET", "/key", {"Host": "by-name.s3.localhost:PORT"})

    assert (status, body) == (200, "found")
