"""Starts an embedded AWS for one test module, and helps its tests to read it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws import emulator

SPEED = 0.25
BASE = "amazon.nova-micro-v1:0:128k"
Clients = Callable[..., Any]


@contextmanager
def running(state: Path, time_scale: float = SPEED) -> Iterator[Clients]:
    """Start a server; yields a function that makes a boto3 client from service and region."""
    aws = emulator.start(state, time_scale=time_scale)

    def client(service: str, region: str = "us-east-1") -> Any:
        return boto3.client(
            service,
            endpoint_url=aws.endpoint_url,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    try:
        yield client
    finally:
        emulator.stop(state)


@contextmanager
def faults(endpoint_url: str, *names: str) -> Iterator[None]:
    """Switch on these faults of local_aws/extension/bedrock/faults.py, and all off afterwards."""
    switch(endpoint_url, list(names))
    try:
        yield
    finally:
        switch(endpoint_url, [])


def switch(endpoint_url: str, names: list[str]) -> tuple[int, dict[str, Any]]:
    """The status and body of PUT /_kit/faults."""
    request = urllib.request.Request(f"{endpoint_url}/_kit/faults", json.dumps(names).encode(), method="PUT")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def code(error: "pytest.ExceptionInfo[ClientError]") -> str:
    return str(error.value.response["Error"]["Code"])


def make_role(clients: Clients, name: str, actions: list[str], resource: str | list[str]) -> str:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}}]}
    iam = clients("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allow = {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}
    iam.put_role_policy(RoleName=name, PolicyName="data", PolicyDocument=json.dumps(allow))
    return str(role)


def settled(read: Callable[[], dict[str, Any]], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = read()
        if wanted(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"it stayed {found}")
