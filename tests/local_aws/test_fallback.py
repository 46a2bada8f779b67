"""Fallback on the embedded AWS: capacity appears, becomes ready and is deleted, and no call fails."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from inference_api.aliases import CACHE_SECONDS
from kit_contract.parameters import alias_capacity
from tests.local_aws.api import Api, calling
from tests.local_aws.servers import BASE, Clients, running
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
