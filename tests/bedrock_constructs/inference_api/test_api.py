"""InferenceApi: the function's environment, keys, usage plan, access log and gateway responses."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from aws_cdk.assertions import Template

from inference_api import description, handler
from inference_api.aws import tls
from kit_contract.inference_api_settings import settings_from
from kit_contract.places import PROJECT
from tests.bedrock_constructs.inference_api.api_stack import (
    MICRO,
    MODEL_ARN,
    ORDER,
    PROFILE_ARN,
    environment_of,
    synthesize,
)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assembly")


@pytest.fixture(scope="module")
def template(assembly: Path) -> Template:
    return synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, assembly=assembly)


def _code(template: Template, assembly: Path, handler: str) -> Path:
    """The zip that Lambda gets."""
    functions = [item["Properties"] for item in template.find_resources("AWS::Lambda::Function").values()]
    (key,) = [item["Code"]["S3Key"] for item in functions if item["Handler"] == handler]
    return assembly / f"asset.{key}"


def _aliases_file(template: Template, assembly: Path) -> str:
    """The file beside the handler's package in the code that Lambda gets."""
    with zipfile.ZipFile(_code(template, assembly, "inference_api.handler.handler")) as archive:
        return archive.read(os.path.relpath(handler.ALIASES_PATH, PROJECT / "lambda")).decode()


def test_the_code_contains_id_and_arn_of_each_alias_for_any_account(template: Template, assembly: Path) -> None:
    environment, content = environment_of(template), _aliases_file(template, assembly)

    assert environment["ACCOUNT_ID"] == "111122223333"
    assert json.loads(content) == {
        "support-bot": {"model": "amazon.nova-micro-v1:0", "arn": MODEL_ARN, "order": list(ORDER)},
        "assistant": {
            "model": "us.amazon.nova-2-lite-v1:0",
            "arn": PROFILE_ARN.replace("111122223333", "{account}"),
            "order": list(ORDER),
        },
    }
    assistant = settings_from(environment, content).aliases["assistant"]
    assert (assistant.base.arn, assistant.base.kind, assistant.order) == (PROFILE_ARN, "inference-profile", ORDER)


def test_the_zips_are_small_and_hold_every_file_that_is_read(template: Template, assembly: Path) -> None:
    api = _code(template, assembly, "inference_api.handler.handler")
    authorizer = _code(template, assembly, "inference_api.authorizer.handler")

    assert api.stat().st_size <= 175_000
    assert authorizer.stat().st_size <= 30_000
    with zipfile.ZipFile(api) as archive:
        names = archive.namelist()
    for path in (handler.ALIASES_PATH, handler.KNOWLEDGE_BASES_PATH, tls.ROOTS_PATH, description.PATH):
        assert os.path.relpath(path, PROJECT / "lambda") in names
    with zipfile.ZipFile(authorizer) as archive:
        assert os.path.relpath(tls.ROOTS_PATH, PROJECT / "lambda") in archive.namelist()


def test_everything_but_health_and_the_description_needs_a_key(template: Template) -> None:
    resources = template.find_resources("AWS::ApiGateway::Resource")
    found = {}
    for item in template.find_resources("AWS::ApiGateway::Method").values():
        method, path = item["Properties"], ""
        place = method["ResourceId"].get("Ref")
        while place:
            path = f"/{resources[place]['Properties']['PathPart']}{path}"
            place = resources[place]["Properties"]["ParentId"].get("Ref")
        found[f"{method['HttpMethod']} {path}"] = method["AuthorizationType"], method.get("ApiKeyRequired", False)

    keyed = ("CUSTOM", True)
    public = {"GET /health": ("NONE", False), "GET /openapi.json": ("NONE", False)}
    assert found == {"ANY /v1/{proxy+}": keyed, "ANY /model/{proxy+}": keyed, **public}


def test_the_usage_plan_applies_to_the_key_from_the_authorizer(template: Template) -> None:
    template.has_resource_properties("AWS::ApiGateway::RestApi", {"ApiKeySourceType": "AUTHORIZER"})
    template.has_resource_properties(
        "AWS::ApiGateway::Authorizer", {"Type": "REQUEST", "AuthorizerResultTtlInSeconds": 0}
    )
    template.has_resource_properties(
        "AWS::ApiGateway::UsagePlan",
        {"Throttle": {"RateLimit": 10, "BurstLimit": 20}, "Quota": {"Limit": 100_000, "Period": "MONTH"}},
    )
    template.resource_count_is("AWS::ApiGateway::UsagePlanKey", 1)


def test_the_stage_limits_all_requests_together_and_public_paths_apart(template: Template) -> None:
    (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
    limits = {
        settings["ResourcePath"]: (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"])
        for settings in stage["Properties"]["MethodSettings"]
    }

    assert limits == {"/*": (100, 200), "/~1health": (5, 10), "/~1openapi.json": (5, 10)}


def test_the_template_does_not_contain_the_key(template: Template) -> None:
    (key,) = template.find_resources("AWS::ApiGateway::ApiKey").values()

    assert "{{resolve:secretsmanager:" in json.dumps(key["Properties"]["Value"])
    template.has_resource_properties(
        "AWS::SecretsManager::Secret", {"GenerateSecretString": {"ExcludePunctuation": True, "PasswordLength": 40}}
    )
    assert template.to_json().get("Outputs") is None


def test_the_stage_logs_access_but_no_bodies(template: Template) -> None:
    (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
    properties = stage["Properties"]

    assert all(settings["DataTraceEnabled"] is False for settings in properties["MethodSettings"])
    access_log = json.loads(properties["AccessLogSetting"]["Format"])
    assert "$context.identity.apiKey" not in access_log.values()
    assert "$context.status" in access_log.values()
