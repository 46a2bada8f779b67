"""Alias resolution: the published parameter, the base target, the cache, failures of SSM."""

from __future__ import annotations

import pytest

from inference_api.aliases import CACHE_SECONDS
from inference_api.errors import ApiError
from tests.inference_api.conftest import DEPLOYMENT_ARN, Api


def test_a_profile_is_named_as_such(api: Api) -> None:
    api.base_serves("assistant")

    assert api.aliases.resolve("assistant").served_by == {
        "target": "us.amazon.nova-2-lite-v1:0",
        "kind": "inference-profile",
    }


def test_both_answers_are_kept_for_the_cache_time_and_no_longer(api: Api) -> None:
    api.base_serves()
    assert api.aliases.resolve("support-bot").custom is False
    api.clock.now += CACHE_SECONDS - 1
    assert api.aliases.resolve("support-bot").custom is False

    api.promoted()
    api.clock.now += 1
    assert api.aliases.resolve("support-bot").invoke_id == DEPLOYMENT_ARN

    api.clock.now += CACHE_SECONDS - 1
    assert api.aliases.resolve("support-bot").invoke_id == DEPLOYMENT_ARN

    api.base_serves()  # the deployment was deleted
    api.clock.now += 1
    assert api.aliases.resolve("support-bot").custom is False


def test_the_last_known_target_serves_while_ssm_fails(api: Api) -> None:
    api.promoted()
    api.aliases.resolve("support-bot")
    api.clock.now += CACHE_SECONDS

    api.ssm.add_client_error("get_parameters", "InternalServerError")
    assert api.aliases.resolve("support-bot").invoke_id == DEPLOYMENT_ARN


def test_without_a_known_target_a_failure_of_ssm_is_a_503_and_never_another_model(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    with pytest.raises(ApiError, match="alias_unavailable") as failure:
        api.aliases.resolve("support-bot")

    assert failure.value.status == 503


def test_the_log_names_what_kept_the_alias_from_being_read(api: Api) -> None:
    api.ssm.add_client_error("get_parameters", "AccessDeniedException")

    api.post("/v1/chat/completions", {"model": "support-bot", "messages": [{"role": "user", "content": "x"}]})

    assert api.facts.error == "ApiError from AccessDeniedException"
