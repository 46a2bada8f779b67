"""One embedded AWS for the tests of this folder, on a free port and with its own state folder."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from kit_contract.places import PROJECT
from local_aws import emulator

SPEED = 0.5  # of Bedrock: jobs of four seconds take two
Client = Callable[..., Any]
Call = Callable[..., Any]

# The extension runs in the emulator's virtual environment. This loop calls its functions there, one JSON line per call.
LOOP = """
import importlib, json, sys
for line in sys.stdin:
    module, function, arguments = json.loads(line)
    try:
        answer = {"value": getattr(importlib.import_module(module), function)(*arguments)}
    except ValueError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[emulator.EmbeddedAws]:
    state = tmp_path_factory.mktemp("embedded-aws")
    running = emulator.start(state, time_scale=SPEED)
    yield running
    emulator.stop(state)


@pytest.fixture(scope="session")
def client(aws: emulator.EmbeddedAws) -> Client:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=aws.region)

    def make(service: str, region: str | None = None) -> Any:
        return session.client(service, region, endpoint_url=aws.endpoint_url)

    return make


@pytest.fixture(scope="session")
def call() -> Iterator[Call]:
    """call(module, function, *arguments) runs the function in the emulator's interpreter; raises its ValueError."""
    python = [str(emulator.PYTHON), "-c", LOOP]
    with subprocess.Popen(python, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout

        def remote(module: str, function: str, *arguments: Any) -> Any:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps([f"local_aws.extension.{module}", function, arguments]) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if "error" in answer:
                raise ValueError(answer["error"])
            return answer["value"]

        yield remote
        process.stdin.close()
