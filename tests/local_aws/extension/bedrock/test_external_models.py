"""Copy jobs and CreateCustomModel: sources of other Regions and accounts, statuses, refusals; as SDK integrations."""

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.emulator import EmbeddedAws
from tests.local_aws.conftest import Client
from tests.local_aws.servers import faults

ACCOUNT, OTHER, STRANGER = "000000000000", "222233334444", "555566667777"
MODEL = "arn:aws:bedrock:{}:{}:custom-model/amazon.nova-micro-v1:0:128k/{}"
FAR = MODEL.format("us-west-2", ACCOUNT, "aaaaaaaaaaaa")
SHARED = MODEL.format("us-east-1", OTHER, "bbbbbbbbbbbb")
SECRET = MODEL.format("us-east-1", STRANGER, "cccccccccccc")
HERE = MODEL.format("us-east-1", ACCOUNT, "dddddddddddd")
PACKAGE = "arn:aws:sagemaker:us-east-1:111122223333:model-package/odi/1"
LLAMA = "arn:aws:sagemaker:us-east-1:111122223333:model-package/llama/1"
ODI = {"modelPackageArnDataSource": {"modelPackageArn": PACKAGE}}
TAGS = [{"key": "owner", "value": "me"}]


@pytest.fixture(scope="module", autouse=True)
def elsewhere(aws: EmbeddedAws) -> None:
    models = [
        {"modelArn": arn, "modelName": arn[-4:], "sharedWith": [ACCOUNT] if arn == SHARED else []}
        for arn in (FAR, SHARED, SECRET, HERE)
    ]
    artifacts = [
        {"source": PACKAGE, "base": "amazon.nova-lite-v1:0:300k"},
        {"source": LLAMA, "base": "meta.llama3-1-8b-instruct-v1:0:128k"},
    ]
    body = json.dumps({"models": models, "artifacts": artifacts}).encode()
    request = urllib.request.Request(f"{aws.endpoint_url}/_kit/elsewhere", body, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert SHARED in json.loads(answer.read())["models"]


def until(look: Callable[[], dict[str, Any]], status: str, *busy: str) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = look()
        if found[status] not in busy:
            return found
        time.sleep(0.05)
    raise AssertionError("it does not end")


def copied(client: Client, source: str, name: str) -> dict[str, Any]:
    bedrock = client("bedrock")
    job = bedrock.create_model_copy_job(sourceModelArn=source, targetModelName=name, targetModelTags=TAGS)["jobArn"]
    assert bedrock.get_model_copy_job(jobArn=job)["status"] == "InProgress"
    return until(lambda: dict(bedrock.get_model_copy_job(jobArn=job)), "status", "InProgress")


@pytest.mark.parametrize("source", [FAR, SHARED])
def test_a_copy_is_a_custom_model_of_its_own(client: Client, source: str) -> None:
    name = f"copy-of-{source[-4:]}"

    job = copied(client, source, name)

    bedrock = client("bedrock")
    model = bedrock.get_custom_model(modelIdentifier=name)
    assert (job["status"], job["sourceModelArn"], job["sourceAccountId"]) == ("Completed", source, source.split(":")[4])
    assert model["modelArn"] == job["targetModelArn"] != source
    assert model["modelArn"].startswith(
        f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/amazon.nova-micro-v1:0:128k/"
    )
    assert bedrock.list_tags_for_resource(resourceARN=model["modelArn"])["tags"] == TAGS
    (listed,) = bedrock.list_model_copy_jobs(targetModelNameContains=name)["modelCopyJobSummaries"]
    assert listed["targetModelTags"] == TAGS


@pytest.mark.parametrize(
    ("source", "name", "code"),
    [
        (FAR.replace("aaaa", "eeee"), "absent", "ResourceNotFoundException"),
        (SECRET, "not-shared", "ResourceNotFoundException"),
        (HERE, "no-other-region", "ValidationException"),
        (FAR, "two--hyphens", "ValidationException"),
        ("arn:aws:bedrock:us-west-2:000000000000:imported-model/abcdefghijkl", "kind", "ValidationException"),
    ],
)
def test_a_source_that_cannot_be_copied_is_refused(client: Client, source: str, name: str, code: str) -> None:
    with pytest.raises(ClientError) as refused:
        client("bedrock").create_model_copy_job(sourceModelArn=source, targetModelName=name)

    assert refused.value.response["Error"]["Code"] == code


def test_a_copy_fails_with_a_message(client: Client, aws: EmbeddedAws) -> None:
    with faults(aws.endpoint_url, "failing-jobs"):
        job = copied(client, FAR, "a-failure")

    assert job["status"] == "Failed"
    assert "unexpected error" in job["failureMessage"]


def test_one_token_is_one_copy(client: Client) -> None:
    given = {"sourceModelArn": FAR, "targetModelName": "by-token", "clientRequestToken": "token-1"}

    assert len({client("bedrock").create_model_copy_job(**given)["jobArn"] for _ in range(2)}) == 1


def test_a_model_package_becomes_a_custom_model(client: Client) -> None:
    bedrock = client("bedrock")
    arn = bedrock.create_custom_model(modelName="from-odi", customModelDataSource=ODI, modelTags=TAGS)["modelArn"]

    with pytest.raises(ClientError, match="must be Active"):
        bedrock.create_custom_model_deployment(modelDeploymentName="too-early", modelArn=arn)
    model = until(lambda: dict(bedrock.get_custom_model(modelIdentifier=arn)), "modelStatus", "Creating")

    assert model["modelStatus"] == "Active"
    (listed,) = bedrock.list_custom_models(nameContains="from-odi")["modelSummaries"]
    assert listed["customizationType"] == "IMPORTED"
    assert bedrock.create_custom_model_deployment(modelDeploymentName="from-odi", modelArn=arn)
    with pytest.raises(ClientError) as taken:
        bedrock.create_custom_model(modelName="from-odi", customModelDataSource=ODI)
    assert taken.value.response["Error"]["Code"] == "ConflictException"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (
            {"customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": f"{PACKAGE}0"}}},
            "ResourceNotFoundException",
        ),
        ({"customModelDataSource": {"modelPackageArnDataSource": {"modelPackageArn": LLAMA}}}, "ValidationException"),
        ({"modelSourceConfig": {"s3DataSource": {"s3Uri": "s3://somewhere/else/"}}}, "ResourceNotFoundException"),
        ({}, "ValidationException"),
    ],
)
def test_what_sagemaker_did_not_train_is_refused(client: Client, given: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        client("bedrock").create_custom_model(modelName="refused", **given)

    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("action", "parameters", "status", "error"),
    [
        ("createModelCopyJob", {"SourceModelArn": SHARED, "TargetModelName": "by-states"}, "SUCCEEDED", ""),
        (
            "createModelCopyJob",
            {"SourceModelArn": SECRET, "TargetModelName": "x"},
            "FAILED",
            "Bedrock.ResourceNotFoundException",
        ),
        ("createModelCopyJob", {"sourceModelArn": SECRET, "Name": "x"}, "FAILED", "States.Runtime"),
        ("getCustomModel", {"ModelIdentifier": "nothing"}, "FAILED", "Bedrock.ResourceNotFoundException"),
    ],
)
def test_step_functions_calls_bedrock(
    client: Client, action: str, parameters: dict[str, str], status: str, error: str
) -> None:
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:bedrock:{action}",
        "Parameters": parameters,
        "End": True,
    }
    states, name = client("stepfunctions"), f"sdk-{time.time_ns()}"
    machine = states.create_state_machine(
        name=name,
        definition=json.dumps({"StartAt": "Call", "States": {"Call": state}}),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/any",
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]

    ended = until(lambda: dict(states.describe_execution(executionArn=execution)), "status", "RUNNING")

    assert (ended["status"], ended.get("error", "")) == (status, error)
    assert status == "FAILED" or ":model-copy-job/" in json.loads(ended["output"])["JobArn"]
