"""The name of an exception reaches the caller of a function, and a workflow retries and catches by it."""

import json
import time
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.functions import create_function

ROLE = "arn:aws:iam::000000000000:role/any"
# Raises the class that the event names; "until" is the number of attempts that fail.
CODE = """
import boto3

class PromotionBusyError(Exception):
    pass

class PromotionError(Exception):
    pass

def handle(event, context):
    name = "/tries/" + event["counter"]
    ssm = boto3.client("ssm")
    found = ssm.get_parameters(Names=[name])["Parameters"]
    tries = int(found[0]["Value"]) + 1 if found else 1
    ssm.put_parameter(Name=name, Value=str(tries), Type="String", Overwrite=True)
    if tries <= event["until"]:
        raise {"busy": PromotionBusyError, "other": PromotionError}[event["kind"]]("line one\\nline: two")
    return {"tries": tries}
"""


@pytest.fixture(scope="module")
def function(client: Client) -> str:
    return create_function(client, "failing", "python3.13", "index.py", CODE)


@pytest.fixture(scope="module")
def machine(client: Client, function: str) -> str:
    task = {
        "Type": "Task",
        "Resource": function,
        "Retry": [{"ErrorEquals": ["PromotionBusyError"], "IntervalSeconds": 1, "MaxAttempts": 2}],
        "Catch": [{"ErrorEquals": ["PromotionError"], "ResultPath": "$.failure", "Next": "Caught"}],
        "End": True,
    }
    definition = {"StartAt": "Try", "States": {"Try": task, "Caught": {"Type": "Pass", "End": True}}}
    arn: str = client("stepfunctions").create_state_machine(
        name="retrying", definition=json.dumps(definition), roleArn=ROLE
    )["stateMachineArn"]
    return arn


def ended(client: Client, machine: str, event: dict[str, Any]) -> dict[str, Any]:
    states = client("stepfunctions")
    execution = states.start_execution(stateMachineArn=machine, input=json.dumps(event))["executionArn"]
    deadline = time.monotonic() + 20
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return dict(found)


def test_the_answer_names_the_exception(client: Client, function: str) -> None:
    event = {"counter": "direct", "kind": "busy", "until": 1}

    answer = client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))

    assert answer["FunctionError"] == "Unhandled"
    body = json.load(answer["Payload"])
    assert (body["errorType"], body["errorMessage"]) == ("PromotionBusyError", "line one\nline: two")


def test_an_error_in_retry_is_retried(client: Client, machine: str) -> None:
    execution = ended(client, machine, {"counter": "again", "kind": "busy", "until": 2})

    assert execution["status"] == "SUCCEEDED"
    assert json.loads(execution["output"]) == {"tries": 3}


def test_retries_end(client: Client, machine: str) -> None:
    execution = ended(client, machine, {"counter": "end", "kind": "busy", "until": 9})

    assert (execution["status"], execution["error"]) == ("FAILED", "PromotionBusyError")
    assert json.loads(execution["cause"])["errorMessage"].startswith("line one")


def test_an_error_in_catch_is_caught_and_not_retried(client: Client, machine: str) -> None:
    execution = ended(client, machine, {"counter": "caught", "kind": "other", "until": 9})

    assert json.loads(execution["output"])["failure"]["Error"] == "PromotionError"
    tries = client("ssm").get_parameters(Names=["/tries/caught"])["Parameters"]
    assert [item["Value"] for item in tries] == ["1"]
