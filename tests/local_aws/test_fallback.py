"""Fallback on the embedded AWS: capacity appears, becomes ready and is deleted, and no call fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from inference_api.aliases import CACHE_SECONDS
from kit_contract.inference_api import Model
from kit_contract.parameters import alias_capacity
from tests.local_aws.api import MODELS, Api, calling
from tests.local_aws.model_folder import put_model
from tests.local_aws.servers import BASE, Clients, make_role, running, settled
from tests.local_aws.test_reap import in_service

CAPACITY = alias_capacity("sup", "bot")


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws"), time_scale=0.5) as made:
        yield made


@pytest.fixture
def api(clients: Clients) -> Iterator[Api]:
    with calling(clients("sts").meta.endpoint_url) as made:
        yield made


def test_fallback_while_capacity_is_not_ready_and_after_its_deletion(clients: Clients, api: Api) -> None:
    assert api.served_by() == ("foundation-model", 1)
    bought = clients("bedrock").create_provisioned_model_throughput(
        provisionedModelName="sup-bot", modelId=BASE, modelUnits=1
    )
    arn = bought["provisionedModelArn"]
    value = json.dumps({"target_arn": arn, "kind": "provisioned-throughput", "model": BASE})
    clients("ssm").put_parameter(Name=CAPACITY, Value=value, Type="String")
    api.later(CACHE_SECONDS)

    assert api.served_by() == ("foundation-model", 2)  # ModelNotReadyException, then fallback
    assert api.served_by() == ("foundation-model", 1)  # the target is paused
    in_service(clients, arn)
    api.later(CACHE_SECONDS)
    assert api.served_by() == ("provisioned-throughput", 1)

    clients("ssm").delete_parameter(Name=CAPACITY)
    clients("bedrock").delete_provisioned_model_throughput(provisionedModelId=arn)
    assert api.served_by() == ("foundation-model", 2)  # the alias is still cached, its target is gone
    api.later(CACHE_SECONDS)
    assert api.served_by() == ("foundation-model", 1)


def _application_profile(clients: Clients) -> str:
    created = clients("bedrock").create_inference_profile(
        inferenceProfileName="sup-bot", modelSource={"copyFrom": MODELS["bot"].arn}
    )
    return str(created["inferenceProfileArn"])


def _imported_model(clients: Clients) -> str:
    clients("s3").create_bucket(Bucket="models")
    source = {"s3DataSource": {"s3Uri": put_model(clients("s3"), "models", "mine")}}
    role = make_role(clients, "importer", ["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::models*"])
    bedrock = clients("bedrock")
    bedrock.create_model_import_job(jobName="mine", importedModelName="mine", roleArn=role, modelDataSource=source)
    job = settled(lambda: bedrock.get_model_import_job(jobIdentifier="mine"), lambda job: job["status"] == "Completed")
    return str(job["importedModelArn"])


def _throughput(clients: Clients) -> str:
    bought = clients("bedrock").create_provisioned_model_throughput(
        provisionedModelName="sup-by-arn", modelId=BASE, modelUnits=1
    )
    in_service(clients, bought["provisionedModelArn"])
    return str(bought["provisionedModelArn"])


@pytest.mark.parametrize(
    ("make", "kind", "attempts"),
    [
        (_application_profile, "inference-profile", 1),
        (_imported_model, "imported-model", 2),  # ModelNotReadyException until a copy is loaded
        (_throughput, "provisioned-throughput", 1),
    ],
)
def test_an_alias_answers_with_a_model_given_by_its_arn(
    clients: Clients, api: Api, make: Callable[[Clients], str], kind: str, attempts: int
) -> None:
    arn = make(clients)

    assert Api({"bot": Model(arn, arn)}).served_by() == (kind, attempts)
    with pytest.raises(ClientError) as absent:
        clients("bedrock-runtime").converse(
            modelId=f"{arn}0", messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )
    assert absent.value.response["Error"]["Code"] == "ResourceNotFoundException"
