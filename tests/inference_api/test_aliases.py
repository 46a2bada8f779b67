"""Alias resolution: the published parameter, the base target, the cache, failures of SSM."""

from __future__ import annotations

import json

import pytest

from inference_api.aliases import CACHE_SECONDS
from inference_api.errors import ApiError
from tests.inference_api.conftest import CAPACITY, DEPLOYMENT_ARN, MICRO, SERVING, THROUGHPUT_ARN, Api

HELLO = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}


def kinds(api: Api, alias: str = "support-bot") -> list[str]:
    return [target.kind for target in api.aliases.resolve(alias)]


def test_a_profile_is_named_as_such(api: Api) -> None:
    api.base_serves("assistant")

    (target,) = api.aliases.resolve("assistant")

    assert (target.invoke_id, target.kind) == ("us.amazon.nova-2-lite-v1:0", "inference-profile")


def test_capacity_comes_before_the_deployment_and_the_base_model_in_one_look(api: Api) -> None:
    api.publishes(serving=SERVING, capacity=CAPACITY)

    assert kinds(api) == ["provisioned-throughput", "custom-model-deployment", "foundation-model"]


def test_capacity_that_promotion_published_is_used_until_the_throughput_says_otherwise(api: Api) -> None:
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
def test_the_order_is_that_of_the_configuration_and_nothing_else_is_asked(
    api: Api, order: list[str], expected: list[str]
) -> None:
    api.configure(order)
    api.publishes(serving=SERVING, capacity=CAPACITY)

    assert kinds(api) == expected


def test_an_alias_with_nothing_to_serve_it_says_what_it_waits_for_and_is_found_again(api: Api) -> None:
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
def test_a_parameter_that_makes_no_sense_is_a_503_and_in_the_log(api: Api, value: dict[str, str]) -> None:
    api.publishes(capacity=value)

    assert api.post("/v1/chat/completions", HELLO)[0] == 503
    assert api.facts.error == "ApiError from KeyError"


def test_both_answers_are_kept_for_the_cache_time_and_no_longer(api: Api) -> None:
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
    assert api.aliases.resolve("support-bot")[0].invoke_id == DEPLOYMENT_ARN  # without another look

    api.clock.now += CACHE_SECONDS
    api.base_serves()
    assert kinds(api) == ["foundation-model"]


def test_without_a_known_target_a_failure_of_ssm_is_a_503_and_never_another_model(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    with pytest.raises(ApiError, match="alias_unavailable") as failure:
        api.aliases.resolve("support-bot")

    assert failure.value.status == 503


def test_the_log_names_what_kept_the_alias_from_being_read(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    api.post("/v1/chat/completions", HELLO)

    assert api.facts.error == "ApiError from AccessDeniedException"
