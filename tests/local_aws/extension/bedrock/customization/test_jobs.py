"""Customization jobs: requests, states, outputs, failures and the custom model."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.servers import Clients, code, make_role, running
from tests.local_aws.training_jobs import BUCKET, data, finished, request


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        s3 = made("s3")
        s3.create_bucket(Bucket=BUCKET)
        for key, body in (("good", data()), ("broken", data(broken=7))):
            s3.put_object(Bucket=BUCKET, Key=f"data/{key}.jsonl", Body=body)
        s3.put_object(Bucket=BUCKET, Key="data/check.jsonl", Body=data().splitlines()[0])
        for key, place in (("seen", "media/1.png"), ("hidden", "secret/1.png"), ("gone", "media/2.png")):
            s3.put_object(Bucket=BUCKET, Key=f"data/{key}.jsonl", Body=data(image=f"s3://{BUCKET}/{place}"))
        s3.put_object(Bucket=BUCKET, Key="data/foreign.jsonl", Body=data(image="s3://another-bucket/1.png"))
        for place in ("media/1.png", "secret/1.png"):
            s3.put_object(Bucket=BUCKET, Key=place, Body=b"png")
        seen = [f"arn:aws:s3:::{BUCKET}/{part}/*" for part in ("data", "media", "output")]
        make_role(made, "viewer", ["s3:GetObject", "s3:PutObject"], seen)
        make_role(made, "trainer", ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{BUCKET}/*")
        make_role(made, "reader", ["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/*")
        make_role(made, "nobody", ["s3:ListBucket"], f"arn:aws:s3:::{BUCKET}")
        yield made


def trained(clients: Clients, name: str, **changes: Any) -> dict[str, Any]:
    bedrock = clients("bedrock")
    return finished(bedrock, bedrock.create_model_customization_job(**request(name, **changes))["jobArn"])


@pytest.fixture(scope="module")
def job(clients: Clients) -> dict[str, Any]:
    return trained(
        clients,
        "first",
        hyperParameters={"epochCount": "3"},
        jobTags=[{"key": "of", "value": "job"}],
        customModelTags=[{"key": "of", "value": "model"}],
        validationDataConfig={"validators": [{"s3Uri": f"s3://{BUCKET}/data/check.jsonl"}]},
    )


def test_a_job_ends_completed_with_metrics_and_outputs(clients: Clients, job: dict[str, Any]) -> None:
    assert job["status"] == "Completed"
    assert job["hyperParameters"]["epochCount"] == "3"
    assert {stage["status"] for stage in job["statusDetails"].values()} == {"Completed"}
    assert 0 < job["trainingMetrics"]["trainingLoss"] < 2
    assert job["validationMetrics"][0]["validationLoss"] > 0
    folder = f"output/model-customization-job-{job['jobArn'].rsplit('/', 1)[1]}"
    keys = {item["Key"] for item in clients("s3").list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"]}
    assert f"{folder}/training_artifacts/step_wise_training_metrics.csv" in keys
    assert any(key.endswith("validation_metrics.csv") for key in keys)
    assert f"{folder}/input_status/manifest.report.csv" in keys


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ("seen", ""),
        (
            "hidden",
            "Could not validate GetObject permissions to access Amazon S3 bucket training-bucket at key secret/",
        ),
        ("gone", "at key media/2.png: the object does not exist"),
        ("foreign", "line 1: s3://another-bucket/1.png must be in the dataset's bucket"),
    ],
)
def test_the_jobs_role_reads_every_image_in_the_datasets_bucket(clients: Clients, dataset: str, message: str) -> None:
    job = trained(
        clients,
        f"images-{dataset}",
        baseModelIdentifier="amazon.nova-lite-v1:0:300k",
        roleArn="arn:aws:iam::000000000000:role/viewer",
        trainingDataConfig={"s3Uri": f"s3://{BUCKET}/data/{dataset}.jsonl"},
    )

    assert job["status"] == ("Failed" if message else "Completed")
    assert message in job.get("failureMessage", "")


def test_the_custom_model_is_found_by_arn_and_by_name(clients: Clients, job: dict[str, Any]) -> None:
    bedrock = clients("bedrock")

    by_name = bedrock.get_custom_model(modelIdentifier="first-model")

    assert by_name["modelArn"] == job["outputModelArn"]
    assert by_name["modelStatus"] == "Active"
    assert bedrock.get_custom_model(modelIdentifier=job["outputModelArn"])["jobArn"] == job["jobArn"]
    listed = bedrock.list_custom_models(nameContains="first-", modelStatus="Active")["modelSummaries"]
    assert [model["modelArn"] for model in listed] == [job["outputModelArn"]]
    assert bedrock.list_custom_models(nameContains="other")["modelSummaries"] == []


def test_tags_reach_the_job_and_the_model(clients: Clients, job: dict[str, Any]) -> None:
    bedrock = clients("bedrock")
    for arn, value in ((job["jobArn"], "job"), (job["outputModelArn"], "model")):
        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "of", "value": value}]
    bedrock.tag_resource(resourceARN=job["jobArn"], tags=[{"key": "more", "value": "1"}])
    bedrock.untag_resource(resourceARN=job["jobArn"], tagKeys=["of"])

    assert bedrock.list_tags_for_resource(resourceARN=job["jobArn"])["tags"] == [{"key": "more", "value": "1"}]


def test_a_running_job_shows_its_stages(clients: Clients) -> None:
    bedrock = clients("bedrock")
    name = bedrock.create_model_customization_job(**request("stages"))["jobArn"]

    details = bedrock.get_model_customization_job(jobIdentifier=name)["statusDetails"]

    assert details["validationDetails"]["status"] == "InProgress"
    assert details["trainingDetails"]["status"] == "NotStarted"
    assert finished(bedrock, name)["status"] == "Completed"


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("broken", {"trainingDataConfig": {"s3Uri": f"s3://{BUCKET}/data/broken.jsonl"}}, "line 7"),
        ("absent", {"trainingDataConfig": {"s3Uri": f"s3://{BUCKET}/data/absent.jsonl"}}, "GetObject"),
        ("denied", {"roleArn": "arn:aws:iam::000000000000:role/nobody"}, "GetObject"),
        ("reader", {"roleArn": "arn:aws:iam::000000000000:role/reader"}, "PutObject"),
        ("few", {"trainingDataConfig": {"s3Uri": f"s3://{BUCKET}/data/check.jsonl"}}, "8 to 20000"),
    ],
)
def test_a_job_that_cannot_use_its_data_fails(
    clients: Clients, name: str, changes: dict[str, Any], reason: str
) -> None:
    job = trained(clients, name, **changes)

    assert job["status"] == "Failed"
    assert reason in job["failureMessage"]
    assert job["statusDetails"]["validationDetails"]["status"] == "Failed"
    assert "outputModelArn" not in job


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("first", {}, "ConflictException"),
        ("again", {"customModelName": "first-model"}, "ConflictException"),
        ("base", {"baseModelIdentifier": "amazon.nova-micro-v1:0"}, "ValidationException"),
        ("region", {"baseModelIdentifier": "meta.llama3-1-8b-instruct-v1:0:128k"}, "ValidationException"),
        ("epochs", {"hyperParameters": {"epochCount": "30"}}, "ValidationException"),
        ("role", {"roleArn": "arn:aws:iam::000000000000:role/absent"}, "ValidationException"),
        ("kind", {"customizationType": "DISTILLATION"}, "ValidationException"),
    ],
)
def test_a_bad_request_is_refused(
    clients: Clients, job: dict[str, Any], name: str, changes: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock").create_model_customization_job(**request(name, **changes))

    assert code(error) == expected


def test_no_job_starts_on_a_legacy_model(clients: Clients) -> None:
    with pytest.raises(ClientError, match="is in the Legacy state and cannot be customized") as error:
        clients("bedrock", "us-west-2").create_model_customization_job(
            **request("legacy", baseModelIdentifier="meta.llama3-3-70b-instruct-v1:0:128k")
        )

    assert code(error) == "ValidationException"


def test_a_token_makes_one_job(clients: Clients) -> None:
    bedrock, token = clients("bedrock"), str(uuid.uuid4())
    first = bedrock.create_model_customization_job(**request("token", clientRequestToken=token))
    second = bedrock.create_model_customization_job(**request("token", clientRequestToken=token))

    assert first["jobArn"] == second["jobArn"]
    with pytest.raises(ClientError) as error:
        bedrock.create_model_customization_job(**request("token-2", clientRequestToken=token))
    assert code(error) == "ConflictException"
    listed = bedrock.list_model_customization_jobs(nameContains="token")["modelCustomizationJobSummaries"]
    assert len(listed) == 1


def test_a_stopped_job_leaves_no_model(clients: Clients) -> None:
    bedrock = clients("bedrock")
    arn = bedrock.create_model_customization_job(**request("halted"))["jobArn"]
    bedrock.stop_model_customization_job(jobIdentifier=arn)

    assert bedrock.get_model_customization_job(jobIdentifier="halted")["status"] in ("Stopping", "Stopped")
    assert finished(bedrock, arn)["status"] == "Stopped"
    with pytest.raises(ClientError) as error:
        bedrock.get_custom_model(modelIdentifier="halted-model")
    assert code(error) == "ResourceNotFoundException"


def test_a_completed_job_cannot_be_stopped(clients: Clients, job: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock").stop_model_customization_job(jobIdentifier=job["jobArn"])

    assert code(error) == "ConflictException"


def test_lists_have_pages(clients: Clients, job: dict[str, Any]) -> None:
    pages = clients("bedrock").get_paginator("list_model_customization_jobs").paginate(maxResults=1)
    names = [item["jobName"] for page in pages for item in page["modelCustomizationJobSummaries"]]

    assert "first" in names
    assert len(names) == len(set(names))


def test_the_end_of_a_job_is_an_event(clients: Clients) -> None:
    events, sqs = clients("events"), clients("sqs")
    queue = sqs.create_queue(QueueName="job-ends")["QueueUrl"]
    pattern = {"source": ["aws.bedrock"], "detail-type": ["Model Customization Job State Change"]} | {
        "detail": {"jobName": ["event"]}
    }
    events.put_rule(Name="job-ends", EventPattern=json.dumps(pattern))
    arn = "arn:aws:sqs:us-east-1:000000000000:job-ends"
    events.put_targets(Rule="job-ends", Targets=[{"Id": "queue", "Arn": arn}])

    job = trained(clients, "event")

    messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=1)["Messages"]
    detail = json.loads(messages[0]["Body"])["detail"]
    assert (detail["jobArn"], detail["jobStatus"]) == (job["jobArn"], "Completed")
    assert detail["outputModelArn"] == job["outputModelArn"]
