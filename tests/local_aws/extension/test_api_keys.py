"""A REST API whose authorizer returns the API key, deployed by CloudFormation and called over HTTP."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws import emulator
from tests.local_aws.conftest import Client

STACK = "Keys"
CODE = """
import json

def authorize(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    given = headers.get("authorization", "").removeprefix("Bearer ") or headers.get("x-api-key", "")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "caller", "policyDocument": policy, "usageIdentifierKey": given}

def answer(event, context):
    return {"statusCode": 200, "body": json.dumps({"answer": "yes"})}
"""


def function(handler: str) -> dict[str, Any]:
    properties = {
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Handler": f"index.{handler}",
        "Code": {"ZipFile": CODE},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def uri(name: str) -> dict[str, str]:
    functions = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    return {"Fn::Sub": f"{functions}/${{{name}.Arn}}/invocations"}


def template(cache_seconds: int) -> dict[str, Any]:
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    generate = {"PasswordLength": 40, "ExcludePunctuation": True}
    api = {"Ref": "Api"}
    stage = {"Ref": "Stage"}
    method = {
        "RestApiId": api,
        "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
        "HttpMethod": "GET",
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": {"Ref": "Authorizer"},
        "ApiKeyRequired": True,
        "Integration": {"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": uri("Answer")},
    }
    authorizer = {
        "RestApiId": api,
        "Name": "keys",
        "Type": "REQUEST",
        "AuthorizerUri": uri("Authorize"),
        "AuthorizerResultTtlInSeconds": cache_seconds,
        "IdentitySource": "method.request.header.Authorization" if cache_seconds else "context.path",
    }
    resources: dict[str, tuple[str, dict[str, Any]]] = {
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]}}),
        "Secret": ("SecretsManager::Secret", {"GenerateSecretString": generate}),
        "Api": ("ApiGateway::RestApi", {"Name": "keys", "ApiKeySourceType": "AUTHORIZER"}),
        "Authorizer": ("ApiGateway::Authorizer", authorizer),
        "Method": ("ApiGateway::Method", method),
        "Deployment": ("ApiGateway::Deployment", {"RestApiId": api}),
        "Stage": (
            "ApiGateway::Stage",
            {"RestApiId": api, "DeploymentId": {"Ref": "Deployment"}, "StageName": "prod"},
        ),
        "Key": (
            "ApiGateway::ApiKey",
            {"Enabled": True, "Value": {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:::}}"}},
        ),
        "Plan": ("ApiGateway::UsagePlan", {"ApiStages": [{"ApiId": api, "Stage": stage}]}),
        "PlanKey": (
            "ApiGateway::UsagePlanKey",
            {"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}},
        ),
    }
    typed = {name: {"Type": f"AWS::{kind}", "Properties": given} for name, (kind, given) in resources.items()}
    typed["Deployment"]["DependsOn"] = "Method"
    outputs = {"Api": {"Value": api}, "Secret": {"Value": {"Ref": "Secret"}}}
    functions = {"Authorize": function("authorize"), "Answer": function("answer")}
    return {"Resources": {**typed, **functions}, "Outputs": outputs}


class Api:
    """The deployed API and its one valid key."""

    def __init__(self, url: str, key: str, *, cached: bool) -> None:
        self.url = url
        self.key = key
        self.cached = cached

    def get(self, headers: dict[str, str]) -> int:
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, headers=headers), timeout=20) as response:
                status: int = response.status
        except urllib.error.HTTPError as error:
            with error:
                status = error.code
        return status


@pytest.fixture(scope="module", params=[0, 300], ids=["uncached", "cached"])
def api(request: pytest.FixtureRequest, client: Client, aws: emulator.EmbeddedAws) -> Iterator[Api]:
    cloudformation = client("cloudformation")
    name = f"{STACK}{request.param}"
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template(request.param)))
    deadline = time.monotonic() + 20
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    while stack["StackStatus"] == "CREATE_IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(0.05)
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", [event.get("ResourceStatusReason") for event in events]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    key = client("secretsmanager").get_secret_value(SecretId=outputs["Secret"])["SecretString"]
    assert key.isalnum()
    yield Api(f"{aws.endpoint_url}/_aws/execute-api/{outputs['Api']}/prod/", key, cached=request.param > 0)
    cloudformation.delete_stack(StackName=name)


def test_the_key_passes_as_a_bearer_token_again_and_again(api: Api) -> None:
    assert [api.get({"Authorization": f"Bearer {api.key}"}) for _ in range(3)] == [200, 200, 200]


def test_the_key_passes_as_x_api_key(api: Api) -> None:
    # The cached authorizer is identified by the Authorization header; without it API Gateway answers 401 by itself.
    assert api.get({"x-api-key": api.key}) == (401 if api.cached else 200)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer wrong"}, {"x-api-key": "wrong", "Authorization": "Bearer wrong"}, {}],
    ids=["bearer", "x-api-key", "none"],
)
def test_a_wrong_key_is_refused(api: Api, headers: dict[str, str]) -> None:
    assert api.get(headers) in (401, 403)


def test_the_authorizers_key_counts_and_not_the_header(api: Api) -> None:
    assert api.get({"Authorization": "Bearer wrong", "x-api-key": api.key}) == 403
