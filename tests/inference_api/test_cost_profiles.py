"""An alias with an application inference profile: called by it, shown as its model, and served without it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference_api.aliases import Target
from inference_api.cost_profiles import through_profile
from kit_contract.environment import INFERENCE_PROFILES
from kit_contract.inference_api_settings import settings_from
from tests.inference_api.conftest import ALIASES, ENVIRONMENT, KNOWLEDGE_BASES

PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefgh1234"
TARGET = Target("amazon.nova-micro-v1:0", "arn:x", "foundation-model", False, profile_arn=PROFILE)


class AwsFailure(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 404}}


def called(target: Target, failure: Exception | None = None) -> list[str]:
    models: list[str] = []

    def call(model: str) -> None:
        models.append(model)
        if failure and model == PROFILE:
            raise failure

    through_profile(target, target.invoke_id, call)
    return models


def test_the_profile_is_called_and_only_where_there_is_one() -> None:
    assert called(TARGET) == [PROFILE]
    assert called(TARGET._replace(profile_arn="")) == [TARGET.invoke_id]


def test_a_profile_that_is_gone_costs_no_request_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert called(TARGET, AwsFailure("ResourceNotFoundException")) == [PROFILE, TARGET.invoke_id]

    line = json.loads(capsys.readouterr().err)
    assert line == {"event": "inference_profile_gone", "profile": PROFILE, "model": TARGET.invoke_id}


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_what_the_model_itself_would_refuse_too_is_not_asked_twice(code: str) -> None:
    with pytest.raises(AwsFailure):
        called(TARGET, AwsFailure(code))


@pytest.mark.parametrize("alias", ["support-bot", "assistant"])
def test_the_environment_gives_the_id_and_the_model_the_place(alias: str) -> None:
    environment = {**ENVIRONMENT, INFERENCE_PROFILES: json.dumps({alias: "abcdefgh1234"})}

    aliases: Any = settings_from(environment, ALIASES, KNOWLEDGE_BASES).aliases

    assert {name: item.profile_arn for name, item in aliases.items() if item.profile_arn} == {alias: PROFILE}
