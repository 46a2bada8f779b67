"""Alias resolution: parameters, base model, cache, failures of SSM."""

from __future__ import annotations

import json

import pytest

from inference_api.aliases import CACHE_SECONDS
from inference_api.errors import ApiError
from tests.inference_api.conftest import CAPACITY, DEPLOYMENT_ARN, MICRO, SERVING, THROUGHPUT_ARN, Api

HELLO = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}


def kinds(api: Api, alias: str = "support-bot") -> list[str]:
    return [target.kind for target in api.aliases.resolve(alias)]


def test_an_inference_profile_is_its_own_kind_of_target(api: Api) -> None:
    api.base_serves("assistant")

    (target,) = api.aliases.resolve("assistant")

    assert (target.invoke_id, target.kind) == ("us.amazon.nova-2-lite-v1:0", "inference-profile")


def test_the_default_order_is_capacity_deployment_base_model(api: Api) -> None:
    api.publishes(serving=SERVING, capacity=CAPACITY)

    assert kinds(api) == ["provisioned-throughput", "custom-model-deployment", "foundation-model"]


def test_an_imported_model_serves_on_demand_under_its_own_arn(api: Api) -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:imported-model/abcdefgh1234"
    api.publishes(serving={**SERVING, "target_arn": arn, "kind": "imported-model", "customization": "open"})

    (first, base) = api.aliases.resolve("support-bot")

    assert (first.invoke_id, first.kind, base.kind) == (arn, "imported-model", "foundation-model")


def test_the_capacity_parameter_wins_over_a_throughput_in_the_serving_parameter(api: Api) -> None:
    old = {"target_arn": f"{THROUGHPUT_ARN[:-1]}9", "kind": "provisioned-throughput"}
    api.publishes(serving=old)
    assert api.aliases.resolve("support-bot")[0].arn == old["target_arn"]

    api.clock.now += CACHE_SECONDS
    api.publishes(serving=old, capacity=CAPACITY)
    assert [target.arn for target in api.aliases.resolve("support-bot")] == [THROUGHPUT_ARN, MICRO["arn"]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["base", "provisioned"], ["foundation-model", "provisioned-throughput"]),
        (["on-demand"], ["custom-model-deployment"]),
        (["provisioned"], ["provisioned-throughput"]),
    ],
)
def test_the_configuration_gives_the_order_and_excludes_other_places(
    api: Api, order: list[str], expected: list[str]
) -> None:
    api.configure(order)
    api.publishes(serving=SERVING, capacity=CAPACITY)

    assert kinds(api) == expected


def test_an_alias_that_only_its_foundation_model_serves_reads_no_parameters(api: Api) -> None:
    api.configure(["base"])

    assert kinds(api) == ["foundation-model"]


def test_an_alias_without_a_target_is_a_503_until_one_is_published(api: Api) -> None:
    api.configure(["provisioned", "on-demand"])
    api.base_serves()

    status, headers, content = api.raw("POST", "/v1/chat/completions", json.dumps(HELLO).encode())

    error = json.loads(content)["error"]
    assert (status, error["code"], headers["Retry-After"]) == (503, "alias_not_served", "1")
    assert "provisioned, on-demand" in error["message"]
    api.clock.now += CACHE_SECONDS
    api.publishes(capacity=CAPACITY)
    assert kinds(api) == ["provisioned-throughput"]


@pytest.mark.parametrize("value", [{}, {"kind": "unknown", "target_arn": "arn:x"}, {"kind": "provisioned-throughput"}])
def test_an_invalid_parameter_is_a_503_and_logged(api: Api, value: dict[str, str]) -> None:
    api.publishes(capacity=value)

    assert api.post("/v1/chat/completions", HELLO)[0] == 503
    assert api.facts.error == "ApiError from KeyError"


def test_targets_are_cached_for_the_cache_time(api: Api) -> None:
    api.base_serves()
    assert api.aliases.resolve("support-bot")[0].custom is False
    api.clock.now += CACHE_SECONDS - 1
    assert api.aliases.resolve("support-bot")[0].custom is False

    api.promoted()
    api.clock.now += 1
    assert api.aliases.resolve("support-bot")[0].invoke_id == DEPLOYMENT_ARN

    api.clock.now += CACHE_SECONDS - 1
    assert api.aliases.resolve("support-bot")[0].invoke_id == DEPLOYMENT_ARN

    api.base_serves()  # the deployment was deleted
    api.clock.now += 1
    assert api.aliases.resolve("support-bot")[0].custom is False


def test_the_last_known_target_serves_while_ssm_fails(api: Api) -> None:
    api.promoted()
    api.aliases.resolve("support-bot")
    api.clock.now += CACHE_SECONDS

    api.ssm.add_client_error("get_parameters", "InternalServerError")
    assert api.aliases.resolve("support-bot")[0].invoke_id == DEPLOYMENT_ARN
    assert api.aliases.resolve("support-bot")[0].invoke_id == DEPLOYMENT_ARN  # from the cache

    api.clock.now += CACHE_SECONDS
    api.base_serves()
    assert kinds(api) == ["foundation-model"]


def test_without_a_cached_target_a_failure_of_ssm_is_a_503(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    with pytest.raises(ApiError, match="alias_unavailable") as failure:
        api.aliases.resolve("support-bot")

    assert failure.value.status == 503


def test_the_log_names_the_cause_of_an_unavailable_alias(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    api.post("/v1/chat/completions", HELLO)

    assert api.facts.error == "ApiError from AccessDeniedException"
