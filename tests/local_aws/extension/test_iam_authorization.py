"""AWS_IAM authorization of API Gateway on the embedded AWS, called with boto3's own signatures and with wrong ones."""

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.extension.signed_api import CODE, OTHER, OWNER, Api, attach, send
from tests.local_aws.functions import create_function
from tests.local_aws.stacks import ended, outputs_of

ROOT = f"arn:aws:iam::{OTHER}:root"
ALLOWED = {"Effect": "Allow", "Action": "execute-api:Invoke"}


@pytest.fixture(scope="module")
def api(aws: emulator.EmbeddedAws, client: Client) -> Api:
    """POST /model/{alias}/converse with AWS_IAM, GET /health without authorization."""
    function = create_function(client, "signed", "python3.13", "index.py", CODE)
    gateway = client("apigateway")
    identifier = gateway.create_rest_api(name="signed")["id"]
    parent = gateway.get_resources(restApiId=identifier)["items"][0]["id"]
    health = gateway.create_resource(restApiId=identifier, parentId=parent, pathPart="health")["id"]
    for part in ("model", "{alias}", "converse"):
        parent = gateway.create_resource(restApiId=identifier, parentId=parent, pathPart=part)["id"]
    for resource, verb, kind in ((health, "GET", "NONE"), (parent, "POST", "AWS_IAM")):
        method: dict[str, Any] = {"restApiId": identifier, "resourceId": resource, "httpMethod": verb}
        gateway.put_method(**method, authorizationType=kind)
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
        gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=identifier, stageName="prod")
    url = f"{aws.endpoint_url}/_aws/execute-api/{identifier}/prod"
    return Api(identifier, url, f"arn:aws:execute-api:us-east-1:{OWNER}:{identifier}/prod")


@pytest.fixture(scope="module")
def caller(client: Client, api: Api) -> Iterator[Callable[..., Credentials]]:
    """caller(effect, alias) gives the credentials of a user with this statement, or of a role that was assumed."""
    iam = client("iam")
    names: list[tuple[str, bool]] = []

    def make(*statements: tuple[str, str], role: bool = False) -> Credentials:
        name = f"caller-{len(names)}"
        names.append((name, role))
        allowed = [
            {"Effect": effect, "Action": "execute-api:Invoke", "Resource": f"{api.arn}/POST/model/{alias}/*"}
            for effect, alias in statements
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        if not role:
            iam.create_user(UserName=name)
            iam.put_user_policy(UserName=name, PolicyName="call", PolicyDocument=policy)
            key = iam.create_access_key(UserName=name)["AccessKey"]
            return Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sts:AssumeRole"}]}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=policy)
        session = client("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
        return Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])

    yield make
    for name, is_role in names:
        if is_role:
            iam.delete_role_policy(RoleName=name, PolicyName="call")
            iam.delete_role(RoleName=name)


def test_boto3_calls_with_a_signature_for_execute_api(api: Api, caller: Callable[..., Credentials]) -> None:
    def sign_for_api_gateway(request: Any, **_: object) -> None:
        request.context["signing"] = {**request.context.get("signing", {}), "signing_name": "execute-api"}

    for role in (False, True):
        given = caller(("Allow", "bot"), role=role)
        session = boto3.Session(given.access_key, given.secret_key, given.token, "us-east-1")
        client = session.client(
            "bedrock-runtime", endpoint_url=api.url, config=Config(retries={"total_max_attempts": 1})
        )
        with pytest.raises(ClientError, match="Credential should be scoped to correct service: 'execute-api'") as error:
            client.converse(modelId="bot", messages=[])
        assert error.value.response["Error"]["Code"] == "InvalidSignatureException"

        client.meta.events.register("before-sign.bedrock-runtime", sign_for_api_gateway)
        text = client.converse(modelId="bot", messages=[])["output"]["message"]["content"][0]["text"]

        who = "arn:aws:sts::000000000000:assumed-role/caller" if role else "arn:aws:iam::000000000000:user/caller"
        assert text.startswith(f"/model/bot/converse {who}")
        with pytest.raises(ClientError) as error:
            client.converse(modelId="other", messages=[])
        assert error.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_presigned_url_is_checked_too(api: Api, caller: Callable[..., Credentials]) -> None:
    given = caller(("Allow", "bot"))

    assert send(api, given, signer=SigV4QueryAuth, body=b"")[0] == 200
    forged = Credentials(given.access_key, "wrong")
    assert send(api, forged, signer=SigV4QueryAuth, body=b"")[:2] == (403, "InvalidSignatureException")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"region": "eu-west-1"}, "InvalidSignatureException", "scoped to a valid region, not 'eu-west-1'"),
        ({"service": "bedrock"}, "InvalidSignatureException", "scoped to correct service: 'execute-api'"),
        ({"data": b'{"messages": [1]}'}, "InvalidSignatureException", "request signature we calculated"),
        ({"headers": {"x-amz-content-sha256": "0" * 64}}, "InvalidSignatureException", "signature we"),
        ({"credentials": Credentials("test", "wrong")}, "InvalidSignatureException", "request signature we calculated"),
        ({"credentials": Credentials("AKIAABSENT", "x")}, "UnrecognizedClientException", "security token included"),
        ({"credentials": None}, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        (
            {"credentials": None, "headers": {"Authorization": "Bearer key"}},
            "IncompleteSignatureException",
            "Invalid key=value pair (missing equal-sign) in Authorization header",
        ),
    ],
    ids=["region", "service", "body", "declared hash", "secret", "unknown key", "none", "bearer"],
)
def test_a_wrong_signature_is_refused_in_the_words_of_aws(
    api: Api, changes: dict[str, Any], error: str, message: str
) -> None:
    given = {"credentials": Credentials("test", "test"), **changes}

    status, kind, said = send(api, **given)

    assert (status, kind) == (403, error)
    assert message in said


def test_an_old_signature_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime.datetime(2026, 1, 1))

    status, kind, said = send(api, Credentials("test", "test"))

    assert (status, kind, said.split(":")[0]) == (403, "InvalidSignatureException", "Signature expired")


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([("Allow", "other")], "because no identity-based policy allows the execute-api:Invoke action"),
        ([("Allow", "*"), ("Deny", "bot")], "with an explicit deny in an identity-based policy"),
    ],
    ids=["other alias", "denied"],
)
def test_the_callers_policy_decides(
    api: Api, caller: Callable[..., Credentials], statements: list[tuple[str, str]], why: str
) -> None:
    status, kind, said = send(api, caller(*statements))

    assert (status, kind) == (403, "AccessDeniedException")
    assert "user/caller-" in said
    shown = api.arn.replace(f":{OWNER}:", f":********{OWNER[-4:]}:")
    assert said.endswith(f"execute-api:Invoke on resource: {shown}/POST/model/bot/converse {why}")


def test_another_account_needs_the_resource_policy_and_so_does_a_public_method(
    api: Api, client: Client, caller: Callable[..., Credentials]
) -> None:
    root = Credentials(OTHER, "test")  # the key of an account's root is its number here

    def health() -> int:
        return URLLib3Session().send(AWSRequest("GET", f"{api.url}/health").prepare()).status_code

    assert (send(api, root)[:2], health()) == ((403, "AccessDeniedException"), 200)
    attach(client, api, [{**ALLOWED, "Principal": {"AWS": ROOT}, "Resource": "execute-api:/prod/POST/*"}])
    assert (send(api, root)[0], health()) == (200, 403)
    assert send(api, caller(("Allow", "bot")))[0] == 200
    public = {**ALLOWED, "Principal": "*", "Resource": "execute-api:/prod/GET/health"}
    attach(client, api, [public])
    assert (send(api, root)[0], health()) == (403, 200)
    attach(client, api, None)


def test_a_resource_policy_may_name_a_role_by_its_arn(api: Api, client: Client, aws: emulator.EmbeddedAws) -> None:
    there = boto3.Session(OTHER, "test", region_name=aws.region)
    iam, sts = (there.client(name, endpoint_url=aws.endpoint_url) for name in ("iam", "sts"))
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}]}
    policy = {"Version": "2012-10-17", "Statement": [{**ALLOWED, "Resource": f"{api.arn}/POST/model/bot/*"}]}
    sessions = []
    for name in ("reporting", "other"):
        arn = iam.create_role(RoleName=name, Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=json.dumps(policy))
        given = sts.assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
        sessions.append(Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]))
    named = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/team/reporting"}}
    statement = {**ALLOWED, "Principal": {"AWS": ROOT}, "Resource": "execute-api:/prod/POST/*", "Condition": named}
    attach(client, api, [statement])

    assert [send(api, session)[0] for session in sessions] == [200, 403]
    assert send(api, sessions[1])[2].endswith("because no resource-based policy allows the execute-api:Invoke action")
    attach(client, api, None)


def test_a_template_without_the_resource_policy_leaves_it_in_place(client: Client) -> None:
    cloudformation, gateway = client("cloudformation"), client("apigateway")
    policy = {"Version": "2012-10-17", "Statement": [{**ALLOWED, "Principal": "*", "Resource": "execute-api:/*"}]}

    def template(**properties: Any) -> str:
        api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "kept", **properties}}
        return json.dumps({"Resources": {"Api": api}, "Outputs": {"Api": {"Value": {"Ref": "Api"}}}})

    cloudformation.create_stack(StackName="Kept", TemplateBody=template(Policy=policy))
    identifier = outputs_of(ended(client, "Kept"))["Api"]
    cloudformation.update_stack(StackName="Kept", TemplateBody=template(Description="changed"))

    assert ended(client, "Kept")["StackStatus"] == "UPDATE_COMPLETE"
    found = gateway.get_rest_api(restApiId=identifier)
    assert (found["description"], "execute-api:Invoke" in found["policy"]) == ("changed", True)
    cloudformation.delete_stack(StackName="Kept")
