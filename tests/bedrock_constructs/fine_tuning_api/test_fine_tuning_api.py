"""The paths of fine-tuning beside those of the inference API, in the templates of a whole deployment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kit_contract.environment import FINE_TUNING_KEYS, TRAINING_BUCKET
from tests.deployment_file import SHIPPED
from tests.synthesized import synthesized


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesized("tests/iam/deployment.toml")["iam-inference-api"]


def _methods(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Path -> the method ANY."""
    resources = template["Resources"]

    def path_of(reference: dict[str, Any]) -> str:
        if "Ref" not in reference:
            return ""
        item = resources[reference["Ref"]]["Properties"]
        return f"{path_of(item['ParentId'])}/{item['PathPart']}"

    found = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::ApiGateway::Method"]
    return {path_of(item["ResourceId"]): item for item in found if item["HttpMethod"] == "ANY"}


def test_paths_need_a_key_and_go_to_a_function_of_their_own(template: dict[str, Any]) -> None:
    methods = _methods(template)
    own = ("/v1/files", "/v1/files/{proxy+}", "/v1/fine_tuning/{proxy+}")

    assert set(own) | {"/v1/{proxy+}", "/model/{proxy+}"} == set(methods)
    for path, method in methods.items():
        assert (method["AuthorizationType"], method["ApiKeyRequired"]) == ("CUSTOM", True)
        assert ("FineTuningApiFunction" in json.dumps(method["Integration"])) is (path in own)


def test_forms_reach_the_function_as_bytes(template: dict[str, Any]) -> None:
    (rest_api,) = [item for item in template["Resources"].values() if item["Type"] == "AWS::ApiGateway::RestApi"]

    assert rest_api["Properties"]["BinaryMediaTypes"] == ["multipart/form-data"]


def test_the_function_knows_who_may_call_and_where_the_data_lies(template: dict[str, Any]) -> None:
    (variables,) = [
        item["Properties"]["Environment"]["Variables"]
        for name, item in template["Resources"].items()
        if item["Type"] == "AWS::Lambda::Function" and name.startswith("FineTuningApiFunction")
    ]

    assert json.loads(variables[FINE_TUNING_KEYS]) == ["trainer"]
    parameter = template["Parameters"][variables[TRAINING_BUCKET]["Ref"]]
    assert parameter["Default"] == "/bedrock-kit/iam/training/bucket"
    published = [
        item["Properties"]["Name"]
        for item in synthesized("tests/iam/deployment.toml")["iam-training"]["Resources"].values()
        if item["Type"] == "AWS::SSM::Parameter"
    ]
    assert {f"/bedrock-kit/iam/training/{name}" for name in ("bucket", "starter", "workflow")} < set(published)


def test_without_the_setting_there_is_nothing_of_it() -> None:
    templates = synthesized("deployment.toml")

    assert "fine_tuning_keys" not in SHIPPED
    assert not [name for item in templates.values() for name in item["Resources"] if "FineTuning" in name]
    assert not any("/training/starter" in json.dumps(item) for item in templates.values())
