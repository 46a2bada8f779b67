"""Custom model deployments and provisioned throughput: states, client tokens, quotas, answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.servers import BASE, Clients, code, make_role, running, settled
from tests.local_aws.training_jobs import BUCKET, data, finished, request

TAGS = [{"key": "bedrock-kit:deployment", "value": "test"}]


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws"), time_scale=0.5) as made:  # long enough to be seen Creating
        made("s3").create_bucket(Bucket=BUCKET)
        made("s3").put_object(Bucket=BUCKET, Key="data/good.jsonl", Body=data())
        make_role(made, "trainer", ["s3:*"], f"arn:aws:s3:::{BUCKET}/*")
        yield made


@pytest.fixture(scope="module")
def models(clients: Clients) -> list[str]:
    bedrock = clients("bedrock")
    arns = [bedrock.create_model_customization_job(**request(name))["jobArn"] for name in ("one", "two")]
    return [finished(bedrock, arn)["outputModelArn"] for arn in arns]


def ask(clients: Clients, model: str, text: str = "What about the warranty?") -> str:
    messages = [{"role": "user", "content": [{"text": text}]}]
    answered = clients("bedrock-runtime").converse(modelId=model, messages=messages)
    return str(answered["output"]["message"]["content"][0]["text"])


def deployment(clients: Clients, name: str) -> dict[str, Any]:
    found: dict[str, Any] = clients("bedrock").get_custom_model_deployment(customModelDeploymentIdentifier=name)
    return found


def statuses(clients: Clients, contained: str) -> dict[str, Any]:
    listed = clients("bedrock").list_custom_model_deployments(nameContains=contained)["modelDeploymentSummaries"]
    return {item["customModelDeploymentName"]: item["status"] for item in listed}


def test_a_deployment_answers_with_its_model_and_is_updated_in_place(clients: Clients, models: list[str]) -> None:
    bedrock = clients("bedrock")
    created = bedrock.create_custom_model_deployment(modelDeploymentName="bot", modelArn=models[0], tags=TAGS)
    arn = created["customModelDeploymentArn"]
    assert deployment(clients, "bot")["status"] == "Creating"
    settled(lambda: deployment(clients, arn), lambda found: found["status"] == "Active")

    assert ask(clients, arn) == "[mock answer by one-model] All there is to know on warranty."
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == TAGS
    bedrock.update_custom_model_deployment(customModelDeploymentIdentifier="bot", modelArn=models[1])
    during = deployment(clients, arn)
    assert (during["modelArn"], during["updateDetails"]["updateStatus"]) == (models[0], "Updating")
    with pytest.raises(ClientError) as error:
        bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert code(error) == "ConflictException"
    after = settled(
        lambda: deployment(clients, arn), lambda found: found["updateDetails"]["updateStatus"] == "UpdateCompleted"
    )
    assert after["modelArn"] == models[1]
    assert ask(clients, arn).startswith("[mock answer by two-model]")
    with pytest.raises(ClientError) as error:
        bedrock.delete_custom_model(modelIdentifier=models[1])
    assert code(error) == "ConflictException"
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier=arn)
    assert deployment(clients, arn)["status"] == "Deleting"
    with pytest.raises(ClientError) as error:
        ask(clients, arn)
    assert code(error) == "ResourceNotFoundException"


def test_a_deployment_streams(clients: Clients, models: list[str]) -> None:
    created = clients("bedrock").create_custom_model_deployment(modelDeploymentName="stream", modelArn=models[0])
    arn = created["customModelDeploymentArn"]
    settled(lambda: deployment(clients, arn), lambda found: found["status"] == "Active")

    messages = [{"role": "user", "content": [{"text": "How do I order a refund?"}]}]
    events = clients("bedrock-runtime").converse_stream(modelId=arn, messages=messages)["stream"]

    text = "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert text == "[mock answer by one-model] All there is to know on refund."


def test_two_deployments_may_be_in_progress(clients: Clients, models: list[str]) -> None:
    bedrock = clients("bedrock")

    def create(name: str, **more: str) -> str:
        made = bedrock.create_custom_model_deployment(modelDeploymentName=name, modelArn=models[0], **more)
        return str(made["customModelDeploymentArn"])

    first = create("q-1", clientRequestToken="token-1")
    assert create("q-1", clientRequestToken="token-1") == first
    for name, token, expected in (
        ("q-2", "token-1", "ValidationException"),
        ("q-1", "token-2", "ValidationException"),
    ):
        with pytest.raises(ClientError) as error:
            create(name, clientRequestToken=token)
        assert code(error) == expected
    create("q-2")
    with pytest.raises(ClientError) as error:
        create("q-3")
    assert code(error) == "ServiceQuotaExceededException"
    with pytest.raises(ClientError) as error:
        ask(clients, create("q-1", clientRequestToken="token-1"))
    assert code(error) == "ModelNotReadyException"
    settled(lambda: deployment(clients, "q-1"), lambda found: found["status"] == "Active")
    bedrock.delete_custom_model_deployment(customModelDeploymentIdentifier="q-1")
    settled(lambda: deployment(clients, "q-2"), lambda found: found["status"] == "Active")
    settled(lambda: statuses(clients, "q-"), lambda found: set(found) == {"q-2"})
    assert create("q-1", clientRequestToken="token-1") != first
    assert set(statuses(clients, "q-")) == {"q-1", "q-2"}


def throughput(clients: Clients, name: str) -> dict[str, Any]:
    found: dict[str, Any] = clients("bedrock").get_provisioned_model_throughput(provisionedModelId=name)
    return found


def counted(clients: Clients, model: str) -> float:
    """The calls of the last hour that CloudWatch's metric has for this ModelId."""
    now = datetime.now(UTC)
    points = clients("cloudwatch").get_metric_statistics(
        Namespace="AWS/Bedrock",
        MetricName="Invocations",
        Dimensions=[{"Name": "ModelId", "Value": model}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def test_provisioned_throughput_stays_within_its_quota(clients: Clients, models: list[str]) -> None:
    bedrock = clients("bedrock")
    order = {"modelUnits": 1, "provisionedModelName": "units", "modelId": models[0], "clientRequestToken": "units-1"}
    arn = bedrock.create_provisioned_model_throughput(**order, tags=TAGS)["provisionedModelArn"]
    assert bedrock.create_provisioned_model_throughput(**order, tags=TAGS)["provisionedModelArn"] == arn
    with pytest.raises(ClientError) as error:
        bedrock.create_provisioned_model_throughput(modelUnits=2, provisionedModelName="more", modelId=BASE)
    assert code(error) == "ServiceQuotaExceededException"
    with pytest.raises(ClientError) as error:
        bedrock.create_provisioned_model_throughput(**{**order, "modelUnits": 2}, tags=TAGS)
    assert code(error) == "ValidationException"
    with pytest.raises(ClientError) as error:
        ask(clients, arn)
    assert code(error) == "ModelNotReadyException"

    settled(lambda: throughput(clients, "units"), lambda found: found["status"] == "InService")
    bedrock.update_provisioned_model_throughput(provisionedModelId=arn, desiredModelId="two-model")

    during = throughput(clients, arn)
    assert (during["status"], during["modelArn"], during["desiredModelArn"]) == ("Updating", models[0], models[1])
    assert ask(clients, arn).startswith("[mock answer by one-model]")
    settled(lambda: throughput(clients, arn), lambda found: found["status"] == "InService")
    assert ask(clients, arn).startswith("[mock answer by two-model]")
    assert counted(clients, arn) == 2  # while it was Creating the call was none
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == TAGS
    bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    assert bedrock.list_provisioned_model_throughputs(nameContains="units")["provisionedModelSummaries"] == []


def test_a_commitment_refuses_deletion_and_a_base_model_an_update(clients: Clients, models: list[str]) -> None:
    bedrock = clients("bedrock")
    arn = bedrock.create_provisioned_model_throughput(
        modelUnits=1, provisionedModelName="bound", modelId=BASE, commitmentDuration="OneMonth"
    )["provisionedModelArn"]
    found = settled(lambda: throughput(clients, arn), lambda found: found["status"] == "InService")
    assert found["commitmentExpirationTime"] > found["creationTime"]

    with pytest.raises(ClientError) as error:
        bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)
    assert code(error) == "ConflictException"
    with pytest.raises(ClientError) as error:
        bedrock.update_provisioned_model_throughput(provisionedModelId=arn, desiredModelId=models[0])
    assert code(error) == "ValidationException"


@pytest.mark.parametrize("model", ["amazon.nova-micro-v1:0", "meta.llama3-3-70b-instruct-v1:0:128k"])
def test_a_model_without_provisioned_throughput_is_refused(clients: Clients, model: str) -> None:
    with pytest.raises(ClientError) as error:
        clients("bedrock").create_provisioned_model_throughput(
            modelUnits=1, provisionedModelName="never", modelId=model
        )

    assert code(error) == "ValidationException"


def test_no_provisioned_throughput_of_a_legacy_model_is_sold(clients: Clients) -> None:
    with pytest.raises(ClientError, match="is in the Legacy state") as error:
        clients("bedrock").create_provisioned_model_throughput(
            modelUnits=1, provisionedModelName="never", modelId="meta.llama3-1-8b-instruct-v1:0:128k"
        )

    assert code(error) == "ValidationException"


def test_a_model_that_nothing_serves_is_deleted(clients: Clients) -> None:
    bedrock = clients("bedrock")
    model = finished(bedrock, bedrock.create_model_customization_job(**request("spare"))["jobArn"])["outputModelArn"]

    bedrock.delete_custom_model(modelIdentifier="spare-model")

    assert model not in [item["modelArn"] for item in bedrock.list_custom_models()["modelSummaries"]]
