"""InferenceApi: permissions, keys, usage plan, access log and gateway responses."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.inference_api.api import AliasTarget, InferenceApi, ServedAlias
from bedrock_constructs.lambda_functions.sources import PROJECT
from inference_api import handler
from kit_contract.inference_api import settings_from

MODEL_ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
PROFILE_ARN = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-2-lite-v1:0"
DESTINATION_ARN = "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-2-lite-v1:0"
CONTEXT = {"@aws-cdk/core:enablePartitionLiterals": True}  # as cdk.json
OWN = {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": "support-assistant"}}
INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


MICRO = AliasTarget(model="amazon.nova-micro-v1:0", invoke_arns=[MODEL_ARN])
PROFILE = AliasTarget(model="us.amazon.nova-2-lite-v1:0", invoke_arns=[PROFILE_ARN, DESTINATION_ARN])
ORDER = ("provisioned", "on-demand", "base")


def synthesize(
    *,
    knowledge_bases: dict[str, str],
    model: AliasTarget | None,
    rerank: str | None = None,
    order: tuple[str, ...] = ORDER,
    media_buckets: tuple[str, ...] = (),
    assembly: Path | None = None,
    rate: float = 10,
    cors_origins: tuple[str, ...] = (),
) -> Template:
    app = cdk.App(context=CONTEXT, outdir=str(assembly) if assembly else None)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    InferenceApi(
        stack,
        "InferenceApi",
        kit_deployment="support-assistant",
        aliases={
            "support-bot": ServedAlias(base=MICRO, order=order),
            "assistant": ServedAlias(base=PROFILE, order=order),
        },
        knowledge_bases=knowledge_bases,
        knowledge_base_model=model,
        rerank_model_arn=rerank,
        throttle_rate_per_second=rate,
        media_buckets=media_buckets,
        throttle_burst=20,
        monthly_quota=100_000,
        stage_rate_per_second=100,
        stage_burst=200,
        cors_origins=cors_origins,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assembly")


@pytest.fixture(scope="module")
def template(assembly: Path) -> Template:
    return synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, assembly=assembly)


@pytest.fixture(scope="module")
def statements(template: Template) -> dict[str, dict[str, Any]]:
    return _statements(template)


def _statements(template: Template) -> dict[str, dict[str, Any]]:
    policies = template.find_resources("AWS::IAM::Policy").values()
    every = [item for policy in policies for item in policy["Properties"]["PolicyDocument"]["Statement"]]
    return {item["Sid"]: item for item in every if "Sid" in item}


def test_only_configured_models_can_be_invoked(statements: dict[str, dict[str, Any]]) -> None:
    assert statements["InvokeConfiguredModels"]["Action"] == [*INVOKE, "bedrock:CountTokens"]
    assert sorted(statements["InvokeConfiguredModels"]["Resource"]) == sorted([MODEL_ARN, PROFILE_ARN, DESTINATION_ARN])
    assert statements["ReadProfiles"]["Resource"] == PROFILE_ARN


@pytest.mark.parametrize(
    ("sid", "kinds"),
    [
        ("InvokeOwnModels", ["custom-model-deployment", "provisioned-model"]),
        ("ReadOwnDeployments", ["custom-model-deployment"]),
        ("ReadOwnProvisionedModels", ["provisioned-model"]),
        ("ReadOwnCustomModels", ["custom-model"]),
    ],
)
def test_trained_models_need_the_tag_of_this_deployment(
    statements: dict[str, dict[str, Any]], sid: str, kinds: list[str]
) -> None:
    resource = statements[sid]["Resource"]
    arns = [f"arn:aws:bedrock:us-east-1:111122223333:{kind}/*" for kind in kinds]

    assert statements[sid]["Condition"] == OWN
    assert (resource if isinstance(resource, list) else [resource]) == arns


def test_knowledge_base_and_parameters(statements: dict[str, dict[str, Any]]) -> None:
    assert statements["Retrieve"]["Resource"] == "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"
    assert statements["RetrieveAndGenerate"]["Action"] == "bedrock:RetrieveAndGenerate"
    expected = "arn:aws:ssm:us-east-1:111122223333:parameter/bedrock-kit/support-assistant/aliases/*"
    assert statements["ReadAliases"]["Resource"] == expected


@pytest.mark.parametrize(
    ("order", "kind", "reading"),
    [
        (("provisioned",), "provisioned-model", {"ReadOwnProvisionedModels", "ReadOwnCustomModels"}),
        (("on-demand",), "custom-model-deployment", {"ReadOwnDeployments", "ReadOwnCustomModels"}),
    ],
)
def test_a_place_that_no_alias_uses_cannot_be_invoked(order: tuple[str, ...], kind: str, reading: set[str]) -> None:
    found = _statements(synthesize(knowledge_bases={}, model=None, order=order))

    assert set(found) == {"InvokeOwnModels", "ReadAliases"} | reading
    assert found["InvokeOwnModels"]["Resource"] == f"arn:aws:bedrock:us-east-1:111122223333:{kind}/*"


def test_an_order_of_base_models_permits_no_other_models() -> None:
    found = _statements(synthesize(knowledge_bases={}, model=None, order=("base",)))

    assert set(found) == {"InvokeConfiguredModels", "ReadProfiles", "ReadAliases"}


def test_the_model_of_the_knowledge_base_can_be_invoked_with_any_order() -> None:
    found = _statements(synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, order=("provisioned",)))

    assert found["InvokeConfiguredModels"]["Resource"] == MODEL_ARN


def test_only_one_statement_has_all_resources(statements: dict[str, dict[str, Any]]) -> None:
    assert [sid for sid, item in statements.items() if item["Resource"] == "*"] == ["RetrieveAndGenerate"]


def test_without_a_knowledge_base_there_are_no_permissions_for_one() -> None:
    template = synthesize(knowledge_bases={}, model=None)

    assert not {"Retrieve", "RetrieveAndGenerate"} & set(_statements(template))
    environment = _environment(template)
    assert environment["KNOWLEDGE_BASES"] == "{}"
    assert settings_from(environment, "{}").knowledge_base_model is None
    assert settings_from(environment, "{}").rerank_model_arn is None


def test_the_function_may_rerank_with_the_configured_model() -> None:
    arn = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    template = synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, rerank=arn)

    found = _statements(template)
    assert (found["Rerank"]["Action"], found["Rerank"]["Resource"]) == ("bedrock:Rerank", "*")
    assert (found["InvokeRerankModel"]["Action"], found["InvokeRerankModel"]["Resource"]) == (
        "bedrock:InvokeModel",
        arn,
    )
    assert settings_from(_environment(template), "{}").rerank_model_arn == arn


def test_the_function_reads_only_the_listed_media_of_its_account() -> None:
    buckets = ("pictures", "papers/2026/")
    template = synthesize(knowledge_bases={}, model=None, media_buckets=buckets)

    found = _statements(template)["ReadMedia"]
    assert found["Action"] == "s3:GetObject"
    assert found["Resource"] == [f"arn:aws:s3:::{place}/*" for place in ("pictures", "papers/2026")]
    assert found["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    assert settings_from(_environment(template), "{}").media_buckets == buckets


def _environment(template: Template) -> dict[str, Any]:
    """The environment of the function that answers requests."""
    functions = template.find_resources("AWS::Lambda::Function").values()
    variables = [item["Properties"]["Environment"]["Variables"] for item in functions]
    (environment,) = [item for item in variables if "KNOWLEDGE_BASES" in item]
    assert isinstance(environment, dict)
    return environment


def _aliases_file(template: Template, assembly: Path) -> str:
    """The file beside the handler's package in the code that Lambda gets."""
    functions = [item["Properties"] for item in template.find_resources("AWS::Lambda::Function").values()]
    (key,) = [item["Code"]["S3Key"] for item in functions if item["Handler"] == "inference_api.handler.handler"]
    with zipfile.ZipFile(assembly / f"asset.{key}") as archive:
        return archive.read(os.path.relpath(handler.ALIASES_PATH, PROJECT / "lambda")).decode()


def test_the_code_contains_id_and_arn_of_each_alias_for_any_account(template: Template, assembly: Path) -> None:
    environment, content = _environment(template), _aliases_file(template, assembly)

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


def test_gateway_responses_have_the_error_bodies_of_openai_and_bedrock(template: Template) -> None:
    responses = [item["Properties"] for item in template.find_resources("AWS::ApiGateway::GatewayResponse").values()]
    statuses = {item["ResponseType"]: item.get("StatusCode") for item in responses}

    for response in responses:
        body = json.loads(response["ResponseTemplates"]["application/json"])
        assert set(body["error"]) == {"message", "type", "param", "code"}
        assert body["message"] == body["error"]["message"]
        assert body["__type"].endswith("Exception")
    assert statuses["UNAUTHORIZED"] == "401"
    assert statuses["REQUEST_TOO_LARGE"] == "413"
    assert statuses["THROTTLED"] == statuses["QUOTA_EXCEEDED"] == "429"
    assert statuses["MISSING_AUTHENTICATION_TOKEN"] == "404"
    assert statuses["AUTHORIZER_FAILURE"] == "503"
    assert statuses["DEFAULT_5XX"] is None
