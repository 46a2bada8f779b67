"""Fallback on the embedded AWS: capacity appears, becomes ready and is deleted, and no call fails."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inference_api import boto_clients
from inference_api.aliases import CACHE_SECONDS, Aliases
from inference_api.fallback import Fallback
from inference_api.http_messages import Request
from inference_api.routes import Service, respond
from kit_contract.inference_api import Alias, Model, Settings
from kit_contract.parameters import alias_capacity
from tests.local_aws.servers import BASE, Clients, running
from tests.local_aws.test_reap import in_service

MICRO = Model("amazon.nova-micro-v1:0", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0")
CAPACITY = alias_capacity("sup", "bot")


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws"), time_scale=0.5) as made:
        yield made


@pytest.fixture
def api(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    settings = {"ENDPOINT_URL": clients("sts").meta.endpoint_url, "DEFAULT_REGION": "us-east-1"}
    for name, value in {**settings, "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    boto_clients._bedrock_runtime.cache_clear()
    yield Api()
    boto_clients._bedrock_runtime.cache_clear()


class Api:
    """The API with real clients. `later` advances the clock of its caches only."""

    def __init__(self, base: Model = MICRO) -> None:
        self.offset = 0.0
        alias = Alias(base, ("provisioned", "on-demand", "base"))
        settings = Settings("sup", {"bot": alias}, knowledge_bases={}, knowledge_base_model=None)
        clients = boto_clients.BotoClients()
        fallback = Fallback(self.clock, time.sleep, random.random)
        aliases = Aliases(settings, clients, self.clock)
        self.service = Service(settings, clients, aliases, fallback, clock=time.time, new_id=lambda: "1")

    def clock(self) -> float:
        return time.monotonic() + self.offset

    def later(self, seconds: float) -> None:
        self.offset += seconds

    def served_by(self) -> tuple[str, int]:
        body = json.dumps({"model": "bot", "messages": [{"role": "user", "content": "Hello"}]}).encode()
        answer, _ = respond(Request("POST", "/v1/chat/completions", body), self.service)
        content: dict[str, Any] = json.loads(b"".join(answer.body))
        assert answer.status == 200, content
        return content["served_by"]["kind"], content["served_by"]["attempts"]


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
        inferenceProfileName="sup-bot", modelSource={"copyFrom": MICRO.arn}
    )
    return str(created["inferenceProfileArn"])


def _imported_model(clients: Clients) -> str:
    clients("bedrock").create_model_import_job(
        jobName="import",
        importedModelName="mine",
        roleArn="arn:aws:iam::000000000000:role/any",
        modelDataSource={"s3DataSource": {"s3Uri": "s3://bucket/model/"}},
    )
    return str(clients("bedrock").list_imported_models()["modelSummaries"][0]["modelArn"])


def _throughput(clients: Clients) -> str:
    bought = clients("bedrock").create_provisioned_model_throughput(
        provisionedModelName="sup-by-arn", modelId=BASE, modelUnits=1
    )
    in_service(clients, bought["provisionedModelArn"])
    return str(bought["provisionedModelArn"])


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (_application_profile, "inference-profile"),
        (_imported_model, "imported-model"),
        (_throughput, "provisioned-throughput"),
    ],
)
def test_an_alias_answers_with_a_model_given_by_its_arn(
    clients: Clients, api: Api, make: Callable[[Clients], str], kind: str
) -> None:
    arn = make(clients)

    assert Api(Model(arn, arn)).served_by() == (kind, 1)
    with pytest.raises(ClientError) as absent:
        clients("bedrock-runtime").converse(
            modelId=f"{arn}0", messages=[{"role": "user", "content": [{"text": "Hello"}]}]
        )
    assert absent.value.response["Error"]["Code"] == "ResourceNotFoundException"
