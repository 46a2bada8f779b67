"""The Bedrock integration of Step Functions: results, waiting, errors, and stopped executions."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.local_aws.conftest import Client

RESOURCE = "arn:aws:states:::bedrock:createModelCustomizationJob"
BUCKET = "step-functions-training"
ENDS = ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT")


def record(number: int) -> str:
    question = {"role": "user", "content": [{"text": f"question {number}"}]}
    answer = {"role": "assistant", "content": [{"text": f"answer {number}"}]}
    return json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": [question, answer]})


@pytest.fixture(scope="module")
def role(client: Client) -> str:
    s3, iam = client("s3"), client("iam")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="good.jsonl", Body="\n".join(map(record, range(10))).encode())
    s3.put_object(Bucket=BUCKET, Key="bad.jsonl", Body=b"not json")
    trust = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn: str = iam.create_role(RoleName="training", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    allow = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="training", PolicyName="data", PolicyDocument=policy)
    return arn


@pytest.fixture
def start(client: Client, role: str) -> Callable[..., str]:
    def begin(
        name: str, *, resource: str = f"{RESOURCE}.sync", data: str = "good", more: Any = None, **task: Any
    ) -> str:
        parameters = {
            "JobName": name,
            "CustomModelName": name,
            "RoleArn": role,
            "BaseModelIdentifier": "amazon.nova-micro-v1:0:128k",
            "HyperParameters": {"epochCount": "2"},
            "TrainingDataConfig": {"S3Uri": f"s3://{BUCKET}/{data}.jsonl"},
            "OutputDataConfig": {"S3Uri": f"s3://{BUCKET}/output/"},
            "JobTags": [{"Key": "Owner", "Value": "support"}],
            **(more or {}),
        }
        state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **task}
        definition = json.dumps({"StartAt": "Train", "States": {"Train": state}})
        states = client("stepfunctions")
        machine = states.create_state_machine(name=name, definition=definition, roleArn=role)["stateMachineArn"]
        execution: str = states.start_execution(stateMachineArn=machine)["executionArn"]
        return execution

    return begin


def ended(client: Client, execution: str) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        description: dict[str, Any] = client("stepfunctions").describe_execution(executionArn=execution)
        if description["status"] in ENDS:
            return description
        time.sleep(0.1)
    raise AssertionError("the execution does not end")


def job_reaches(client: Client, name: str, status: str) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for job in client("bedrock").list_model_customization_jobs()["modelCustomizationJobSummaries"]:
            if job["jobName"] == name and job["status"] == status:
                return True
        time.sleep(0.1)
    return False


def test_sync_waits_and_returns_the_job(client: Client, start: Callable[..., str]) -> None:
    job = json.loads(ended(client, start("waits"))["output"])

    assert job["Status"] == "Completed"
    assert job["HyperParameters"]["epochCount"] == "2"
    assert job["OutputModelArn"].startswith("arn:aws:bedrock:us-east-1:000000000000:custom-model/")
    tags = client("bedrock").list_tags_for_resource(resourceARN=job["JobArn"])["tags"]
    assert tags == [{"key": "Owner", "value": "support"}]


def test_without_sync_the_state_ends_when_the_job_is_created(client: Client, start: Callable[..., str]) -> None:
    output = json.loads(ended(client, start("returns", resource=RESOURCE))["output"])

    job = client("bedrock").get_model_customization_job(jobIdentifier=output["JobArn"])
    assert job["status"] == "InProgress"


def test_a_validation_set_gives_metrics_of_its_own(client: Client, start: Callable[..., str]) -> None:
    client("s3").put_object(Bucket=BUCKET, Key="held-out.jsonl", Body=record(11).encode())
    validators = [{"S3Uri": f"s3://{BUCKET}/held-out.jsonl"}]
    done = ended(client, start("validated", more={"ValidationDataConfig": {"Validators": validators}}))

    job = json.loads(done["output"])
    assert job["ValidationMetrics"][0]["ValidationLoss"] > 0
    keys = [item["Key"] for item in client("s3").list_objects_v2(Bucket=BUCKET, Prefix="output/")["Contents"]]
    (folder,) = {key.split("/")[1] for key in keys if key.endswith("validation_metrics.csv")}
    assert folder.removeprefix("model-customization-job-") == job["JobArn"].rpartition("/")[2]


def test_a_failed_job_fails_the_state_with_its_message(client: Client, start: Callable[..., str]) -> None:
    failed = ended(client, start("fails", data="bad"))

    assert (failed["status"], failed["error"]) == ("FAILED", "States.TaskFailed")
    assert "bad.jsonl: line 1" in json.loads(failed["cause"])["FailureMessage"]


def test_a_refused_call_fails_with_bedrocks_error(client: Client, start: Callable[..., str]) -> None:
    refused = ended(client, start("no_such_name"))

    assert (refused["status"], refused["error"]) == ("FAILED", "Bedrock.ValidationException")


def test_a_stopped_execution_stops_its_job(client: Client, start: Callable[..., str]) -> None:
    execution = start("stopped")
    assert job_reaches(client, "stopped", "InProgress")

    client("stepfunctions").stop_execution(executionArn=execution)

    assert job_reaches(client, "stopped", "Stopped")
    assert ended(client, execution)["status"] == "ABORTED"


def test_a_timeout_stops_the_job(client: Client, start: Callable[..., str]) -> None:
    timed_out = ended(client, start("too-slow", TimeoutSeconds=1))

    assert (timed_out["status"], timed_out["error"]) == ("FAILED", "States.Timeout")
    assert job_reaches(client, "too-slow", "Stopped")


def test_waiting_does_not_block_other_calls(client: Client, start: Callable[..., str]) -> None:
    executions = [start(f"beside-{number}") for number in range(6)]

    began = time.monotonic()
    client("bedrock").list_model_customization_jobs()
    assert time.monotonic() - began < 1
    assert [ended(client, execution)["status"] for execution in executions] == ["SUCCEEDED"] * 6


def waiting(client: Client, name: str, resource: str, parameters: dict[str, Any], **task: Any) -> dict[str, Any]:
    """The ended execution of one state that waits for a task token."""
    state = {"Type": "Task", "Resource": f"{resource}.waitForTaskToken", "Parameters": parameters, "End": True, **task}
    states = client("stepfunctions")
    machine = states.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "Wait", "States": {"Wait": state}}),
        roleArn="arn:aws:iam::000000000000:role/any",
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine, input='{"seconds": 1}')["executionArn"]
    deadline = time.monotonic() + 15
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "it waits for its token"
        time.sleep(0.1)
    described: dict[str, Any] = found
    return described


def test_a_token_is_awaited_as_long_as_the_path_says(client: Client) -> None:
    url = client("sqs").create_queue(QueueName="tokens")["QueueUrl"]
    given = {"QueueUrl": url, "MessageBody.$": "$$.Task.Token"}

    ended = waiting(client, "path", "arn:aws:states:::sqs:sendMessage", given, TimeoutSecondsPath="$.seconds")

    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")


def test_a_function_that_fails_fails_the_state_that_gave_it_a_token(client: Client) -> None:
    given = {"FunctionName": "nobody", "Payload": {"token.$": "$$.Task.Token"}}

    assert waiting(client, "function", "arn:aws:states:::lambda:invoke", given)["status"] == "FAILED"
