"""Services of the emulator that the templates rely on: Arm and Node functions, EventBridge, schedules."""

import json
import time
from typing import Any

import pytest

from local_aws import emulator
from tests.local_aws.conftest import SPEED, Client
from tests.local_aws.functions import ROLE, create_function

PYTHON = """
import json, os, boto3

def handle(event, context):
    detail = event.get("detail", {})
    if "object" in detail and detail["object"]["key"].startswith("documents/"):
        body = json.dumps({"seen": detail["object"]["key"]}).encode()
        boto3.client("s3").put_object(Bucket=detail["bucket"]["name"], Key="seen.json", Body=body)
    return {"region": os.environ["AWS_REGION"]}
"""
NODE = "exports.handle = async () => ({ version: process.versions.node })"


def invoke(client: Client, name: str) -> dict[str, Any]:
    response = client("lambda").invoke(FunctionName=name)
    assert "FunctionError" not in response
    answer: dict[str, Any] = json.load(response["Payload"])
    return answer


def test_a_python_function_on_arm_runs(client: Client, aws: emulator.EmbeddedAws) -> None:
    create_function(client, "python-on-arm", "python3.13", "index.py", PYTHON)

    assert invoke(client, "python-on-arm") == {"region": aws.region}


def test_a_node_function_runs_on_the_kits_node(client: Client) -> None:
    create_function(client, "node-on-arm", "nodejs22.x", "index.js", NODE)

    assert int(invoke(client, "node-on-arm")["version"].split(".")[0]) >= 22


def test_an_upload_reaches_a_function_through_eventbridge(client: Client) -> None:
    function = create_function(client, "on-upload", "python3.13", "index.py", PYTHON)
    s3, events = client("s3"), client("events")
    s3.create_bucket(Bucket="uploads")
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["uploads"]}, "object": {"key": [{"prefix": "documents/"}]}},
    }
    events.put_rule(Name="uploads", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="uploads", Targets=[{"Id": "function", "Arn": function}])

    time.sleep(3.1 * SPEED)  # events are not active at once
    s3.put_object(Bucket="uploads", Key="documents/manual.md", Body=b"text")

    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if s3.list_objects_v2(Bucket="uploads", Prefix="seen.json")["KeyCount"]:
            break
        time.sleep(0.1)
    assert json.load(s3.get_object(Bucket="uploads", Key="seen.json")["Body"]) == {"seen": "documents/manual.md"}


@pytest.mark.parametrize("expression", ["cron(0 8 ? * MON-FRI *)", "at(2030-01-01T00:00:00)"])
def test_a_stack_with_a_schedule_is_created(client: Client, expression: str) -> None:
    name = f"Schedules{abs(hash(expression))}"
    properties = {
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:reap", "RoleArn": ROLE, "Input": "{}"},
    }
    resources = {"Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": properties}}
    cloudformation = client("cloudformation")

    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 10}
    )

    schedules = client("scheduler").list_schedules()["Schedules"]
    assert any(schedule["Name"].lower().startswith(name.lower()) for schedule in schedules)
    cloudformation.delete_stack(StackName=name)
