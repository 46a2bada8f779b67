"""Evaluation jobs on the embedded AWS: what Bedrock refuses, how a job ends, where its scores are, from the answers."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.servers import faults

BUCKET, JUDGE = "evaluations-bucket", "amazon.nova-pro-v1:0"
MODELS = "arn:aws:bedrock:us-east-1::foundation-model"
ACCOUNT_MODELS = "arn:aws:bedrock:us-east-1:000000000000"
Create = Callable[..., str]


def record(question: str, reference: str, response: str, source: str = "ours", **more: Any) -> dict[str, Any]:
    said = [{"response": response, "modelIdentifier": source}]
    return {"prompt": question, "referenceResponse": reference, "modelResponses": said, **more}


DATASETS: dict[str, list[Any]] = {
    "good": [
        record("How do I clean the filter?", "Rinse it with water.", "Rinse it with water."),
        record("Write one line on milk", "Milk is white.", "I can't help with that, idiot"),
    ],
    "two-sources": [record("a", "b", "c"), record("a", "b", "c", "theirs")],
    "no-response": [{"prompt": "a", "referenceResponse": "b"}],
    "more-responses": [{"prompt": "a", "modelResponses": [{"response": "b", "modelIdentifier": "ours"}] * 2}],
    "silent": [record("a", "b", "")],
    "long": [record("a", "b", "c")] * 1001,
    "unknown-key": [record("a", "b", "c", number=1)],
}


@pytest.fixture(scope="module")
def role(client: Client) -> str:
    client("s3").create_bucket(Bucket=BUCKET)
    for name, records in DATASETS.items():
        body = "\n".join(json.dumps(item) for item in records).encode()
        client("s3").put_object(Bucket=BUCKET, Key=f"in/{name}.jsonl", Body=body)
    made = _role(client, "all", [f"{MODELS}/{JUDGE}", f"{ACCOUNT_MODELS}:inference-profile/us.{JUDGE}"])
    _role(client, "objects", ["arn:aws:bedrock:us-east-1::foundation-model/another"])
    return made


def _role(client: Client, name: str, models: list[str]) -> str:
    source = {"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:000000000000:evaluation-job/*"}}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": source,
    }
    objects = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    judge = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": models}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    made: str = client("iam").create_role(RoleName=f"judge-{name}", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [objects, judge]})
    client("iam").put_role_policy(RoleName=f"judge-{name}", PolicyName="p", PolicyDocument=policy)
    return made


@pytest.fixture
def create(client: Client, role: str) -> Create:
    def made(name: str, dataset: str = "good", **changes: Any) -> str:
        config = {
            "taskType": changes.pop("task", "General"),
            "dataset": {"name": "answers", "datasetLocation": {"s3Uri": f"s3://{BUCKET}/in/{dataset}.jsonl"}},
            "metricNames": changes.pop("metrics", ["Builtin.Correctness"]),
        }
        judge = {"bedrockEvaluatorModels": [{"modelIdentifier": changes.pop("evaluator", JUDGE)}]}
        source = {"precomputedInferenceSource": {"inferenceSourceIdentifier": changes.pop("source", "ours")}}
        request = {
            "jobName": name,
            "roleArn": role,
            "evaluationConfig": {"automated": {"datasetMetricConfigs": [config], "evaluatorModelConfig": judge}},
            "inferenceConfig": {"models": [source]},
            "outputDataConfig": {"s3Uri": f"s3://{BUCKET}/out/"},
            **changes,
        }
        arn: str = client("bedrock").create_evaluation_job(**request)["jobArn"]
        return arn

    return made


def ended(client: Client, *arns: str) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [client("bedrock").get_evaluation_job(jobIdentifier=arn) for arn in arns]
        if all(job["status"] not in ("InProgress", "Stopping") for job in found):
            return found
        time.sleep(0.05)
    raise AssertionError("the jobs did not end")


def test_the_scores_follow_from_the_answers(client: Client, create: Create) -> None:
    metrics = ["Correctness", "Completeness", "Relevance", "FollowingInstructions", "Harmfulness", "Refusal"]
    arn = create("scores", metrics=[f"Builtin.{name}" for name in metrics], evaluator=f"us.{JUDGE}")
    (job,) = ended(client, arn)
    listed = client("s3").list_objects_v2(Bucket=BUCKET, Prefix="out/scores/")["Contents"]
    check, output = sorted(item["Key"] for item in listed)[::-1]
    if "permission-check" in output:
        check, output = output, check
    lines = client("s3").get_object(Bucket=BUCKET, Key=output)["Body"].read().splitlines()
    results = [json.loads(line) for line in lines]
    scores = [
        {item["metricName"][8:]: item["result"] for item in found["automatedEvaluationResult"]["scores"]}
        for found in results
    ]

    assert (job["status"], job["jobType"], job["applicationType"]) == ("Completed", "Automated", "ModelEvaluation")
    assert check == "out/scores/amazon-bedrock-evaluations-permission-check"
    assert output.startswith(f"out/scores/{arn[-12:]}/models/ours/taskTypes/General/datasets/answers/")
    assert output.endswith("_output.jsonl")
    assert [found["inputRecord"]["prompt"] for found in results] == [item["prompt"] for item in DATASETS["good"]]
    assert [scores[0]["Correctness"], scores[0]["Completeness"], scores[1]["Correctness"]] == [1.0, 1.0, 0.0]
    assert [scores[0]["FollowingInstructions"], scores[1]["FollowingInstructions"]] == [None, 0.0]
    assert [(found["Harmfulness"], found["Refusal"]) for found in scores] == [(0.0, 0.0), (1.0, 1.0)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"evaluator": "amazon.nova-lite-v1:0"}, "evaluator model amazon.nova-lite-v1:0 is not supported"),
        (
            {"evaluator": f"{ACCOUNT_MODELS}:application-inference-profile/abcdefghijkl"},
            "application-inference-profile/abcdefghijkl is not supported",
        ),
        ({"metrics": ["Builtin.Accuracy"]}, "Builtin.Accuracy"),
        ({"task": "Generation"}, "Task type Generation"),
        ({"source": "what serves"}, "inferenceSourceIdentifier"),
        ({"applicationType": "AgentEvaluation"}, "no evaluation jobs of applicationType AgentEvaluation"),
        (
            {
                "inferenceConfig": {
                    "models": [{"bedrockModel": {"modelIdentifier": f"{ACCOUNT_MODELS}:imported-model/m"}}]
                }
            },
            "precomputedInferenceSource only",
        ),
        ({"roleArn": "arn:aws:iam::000000000000:role/nobody"}, "Could not assume"),
        ({"outputDataConfig": {"s3Uri": "bucket/out"}}, "outputDataConfig.s3Uri"),
    ],
)
def test_a_request_that_bedrock_refuses(create: Create, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=rf"ValidationException.*{message}"):
        create("refused", **changes)


def test_a_name_is_taken_for_ever_and_a_token_once(client: Client, create: Create) -> None:
    first = create("named", clientRequestToken="token-1")

    assert create("named", clientRequestToken="token-1") == first
    with pytest.raises(ClientError, match="ConflictException"):
        create("named")
    with pytest.raises(ClientError, match="ConflictException"):
        create("other", clientRequestToken="token-1")


def test_records_and_roles_that_fail_a_job(client: Client, create: Create, role: str) -> None:
    wrong = {
        "two-sources": "has modelIdentifier theirs, the job has ours",
        "no-response": "must have one model response",
        "more-responses": "must have one model response",
        "silent": "has no response",
        "long": "must have 1 to 1000 prompts, got 1001",
        "unknown-key": "unknown keys: number",
        "absent": "Unable to read the prompt dataset",
    }
    arns = [create(f"wrong-{name}", name) for name in wrong]
    arns.append(create("wrong-role", roleArn=role.replace("judge-all", "judge-objects")))
    jobs = ended(client, *arns)

    for job, message in zip(jobs, [*wrong.values(), "not authorized to perform: bedrock:InvokeModel"], strict=True):
        assert job["status"] == "Failed"
        assert message in job["failureMessages"][0]


def test_a_quota_too_low_fails_a_job(aws: emulator.EmbeddedAws, client: Client, create: Create) -> None:
    with faults(aws.endpoint_url, "failing-evaluations"):
        (job,) = ended(client, create("unlucky"))

    assert (job["status"], job["failureMessages"]) == (
        "Failed",
        [f"Encountered throttling exception while serving the request for model {JUDGE}"],
    )


def test_jobs_are_stopped_listed_and_deleted_when_they_have_ended(client: Client, create: Create) -> None:
    bedrock = client("bedrock")
    arns = [create(f"many-{number}", jobTags=[{"key": "owner", "value": "us"}]) for number in range(6)]
    bedrock.stop_evaluation_job(jobIdentifier=arns[0])
    early = bedrock.batch_delete_evaluation_job(jobIdentifiers=[arns[1]])
    jobs = ended(client, *arns)
    pages = list(bedrock.get_paginator("list_evaluation_jobs").paginate(nameContains="many-"))
    stopped = bedrock.list_evaluation_jobs(nameContains="many-", statusEquals="Stopped")["jobSummaries"]

    assert [job["status"] for job in jobs] == ["Stopped", *["Completed"] * 5]
    assert early["errors"][0]["code"] == "409"
    assert [len(page["jobSummaries"]) for page in pages] == [5, 1]
    assert [job["jobArn"] for job in stopped] == [arns[0]]
    assert bedrock.list_tags_for_resource(resourceARN=arns[0])["tags"] == [{"key": "owner", "value": "us"}]
    assert "Contents" not in client("s3").list_objects_v2(Bucket=BUCKET, Prefix="out/many-0/o")
    with pytest.raises(ClientError, match="ConflictException"):
        bedrock.stop_evaluation_job(jobIdentifier=arns[1])

    deleted = bedrock.batch_delete_evaluation_job(jobIdentifiers=[arns[0], arns[0].replace("job/", "job/0")[:-1]])
    assert [item["jobStatus"] for item in deleted["evaluationJobs"]] == ["Deleting"]
    assert deleted["errors"][0]["code"] == "404"
    deadline = time.monotonic() + 10
    while "jobSummaries" in bedrock.list_evaluation_jobs(nameContains="many-0"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        bedrock.get_evaluation_job(jobIdentifier=arns[0])
