"""CORS: preflights, the headers of API Gateway's own errors, and waits over the rate, in the template."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk.assertions import Template

from kit_contract.inference_api_settings import settings_from
from tests.bedrock_constructs.inference_api.api_stack import MICRO, synthesize
from tests.inference_api.conftest import ALIASES, ENVIRONMENT

PAGE, OTHER = "https://app.example.com", "http://localhost:3000"
HEADER = "method.response.header.Access-Control-"


def synthesized(*origins: str, rate: float = 10) -> Template:
    return synthesize(knowledge_bases={}, model=MICRO, cors_origins=origins, rate=rate)


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesized(PAGE, OTHER)


def responses(template: Template) -> dict[str, dict[str, str]]:
    """Type -> header -> mapping expression."""
    found = template.find_resources("AWS::ApiGateway::GatewayResponse").values()
    return {
        item["Properties"]["ResponseType"]: {
            name.removeprefix("gatewayresponse.header."): value
            for name, value in item["Properties"].get("ResponseParameters", {}).items()
        }
        for item in found
    }


def methods(template: Template, verb: str) -> list[dict[str, Any]]:
    found = template.find_resources("AWS::ApiGateway::Method").values()
    return [item["Properties"] for item in found if item["Properties"]["HttpMethod"] == verb]


def test_api_gateway_answers_preflights_of_every_path_without_a_key(template: Template) -> None:
    preflights = methods(template, "OPTIONS")

    paths = {item["ResourceId"]["Ref"] for item in methods(template, "GET") + methods(template, "ANY")}
    assert {item["ResourceId"]["Ref"] for item in preflights} == paths
    assert len(paths) == 4
    for item in preflights:
        assert (item["AuthorizationType"], item.get("ApiKeyRequired", False)) == ("NONE", False)
        (answer,) = item["Integration"]["IntegrationResponses"]
        assert item["Integration"]["Type"] == "MOCK"
        assert answer["ResponseParameters"][f"{HEADER}Allow-Origin"] == f"'{PAGE}'"
        assert f'$origin == "{OTHER}"' in answer["ResponseTemplates"]["application/json"]
        assert f"{HEADER}Allow-Credentials" not in answer["ResponseParameters"]


def test_preflights_allow_what_the_clients_of_openai_and_anthropic_send(template: Template) -> None:
    (answer,) = methods(template, "OPTIONS")[0]["Integration"]["IntegrationResponses"]

    allowed = set(answer["ResponseParameters"][f"{HEADER}Allow-Headers"].strip("'").split(","))
    needed = {"authorization", "x-api-key", "content-type", "anthropic-version", "x-stainless-retry-count"}
    assert needed | {"anthropic-dangerous-direct-browser-access", "x-stainless-runtime-version"} <= allowed


@pytest.mark.parametrize(("origins", "allowed"), [((PAGE,), f"'{PAGE}'"), ((PAGE, OTHER), "'*'"), (("*",), "'*'")])
def test_web_pages_can_read_the_errors_of_api_gateway(origins: tuple[str, ...], allowed: str) -> None:
    for headers in responses(synthesized(*origins)).values():
        assert headers["Access-Control-Allow-Origin"] == allowed
        assert "retry-after-ms" in headers["Access-Control-Expose-Headers"]


def test_it_is_off_by_default() -> None:
    template = synthesized()

    assert methods(template, "OPTIONS") == []
    assert not any("Access-Control" in name for headers in responses(template).values() for name in headers)


def test_the_function_learns_the_origins(template: Template) -> None:
    functions = [item["Properties"] for item in template.find_resources("AWS::Lambda::Function").values()]
    (given,) = [item["Environment"]["Variables"] for item in functions if item["Handler"].endswith("handler.handler")]

    settings = settings_from({**ENVIRONMENT, "CORS_ORIGINS": given["CORS_ORIGINS"]}, ALIASES)
    assert settings.cors_origins == (PAGE, OTHER)


@pytest.mark.parametrize(("rate", "unit", "wait"), [(10, "2", "'8'"), (1000, "2", "'8'"), (1, "3.33333", "'14'")])
def test_over_the_rate_callers_wait_until_the_bucket_fills(rate: float, unit: str, wait: str) -> None:
    template = synthesized(rate=rate)

    throttled = responses(template)["THROTTLED"]
    assert throttled == {"Retry-After": wait, "retry-after-ms": "context.authorizer.retryAfterMs"}
    functions = [item["Properties"] for item in template.find_resources("AWS::Lambda::Function").values()]
    variables = [item["Environment"]["Variables"] for item in functions if "authorizer" in item["Handler"]]
    assert [item["RETRY_SECONDS"] for item in variables] == [unit]
