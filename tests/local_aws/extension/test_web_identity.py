"""The stack of `kit pipeline access` on the embedded AWS: which tokens get a role, by its trust policy."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from botocore.exceptions import ClientError

from bedrock_constructs.pipelines.access import PipelineAccess
from bedrock_constructs.pipelines.trust import GITHUB_ISSUER, GitHubRepository
from local_aws.emulator import ACCOUNT
from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, reasons

STACK = "web-identity"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB_ISSUER}"
CLAIMS = {
    "iss": f"https://{GITHUB_ISSUER}",
    "aud": "sts.amazonaws.com",
    "sub": "repo:octo-org/octo-repo:environment:prod",
    "repository_id": "789012",
    "ref": "refs/tags/v1",
}


def template(*, existing: bool = False, prefix: str = "web") -> str:
    stack = cdk.Stack(cdk.App(), STACK)
    repository = GitHubRepository("octo-org/octo-repo", "789012", "123456")
    PipelineAccess(
        stack,
        "GitHub",
        kit_deployment="web",
        system="github",
        diff=repository.trust("pull_request"),
        drift=repository.trust("ref:refs/heads/main"),
        deploy=repository.trust("environment:prod", references=["refs/tags/v*"]),
        existing_provider=existing,
        role_prefix=prefix,
    )
    found = dict(assertions.Template.from_stack(stack).to_json())
    return json.dumps({"Resources": found["Resources"]})


@pytest.fixture
def stack(client: Client) -> Iterator[None]:
    stacks = client("cloudformation")
    stacks.create_stack(StackName=STACK, TemplateBody=template(), Capabilities=["CAPABILITY_NAMED_IAM"])
    assert ended(client, STACK)["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield
    stacks.delete_stack(StackName=STACK)
    client("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)


def token(**claims: str) -> str:
    parts = ({"alg": "none"}, {**CLAIMS, **claims})
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join([*texts, "unsigned"])


def assume(client: Client, role: str, **claims: str) -> Any:
    arn = f"arn:aws:iam::{ACCOUNT}:role/web-github-{role}"
    return client("sts").assume_role_with_web_identity(
        RoleArn=arn, RoleSessionName="test", WebIdentityToken=token(**claims)
    )


REFUSED = {
    "another branch": {"ref": "refs/heads/feature"},
    "another repository": {"sub": "repo:octo-org/other:environment:prod"},
    "a name that was given away": {"repository_id": "1"},
    "another environment": {"sub": "repo:octo-org/octo-repo:environment:dev"},
    "a pull request": {"sub": "repo:octo-org/octo-repo:pull_request"},
}


def test_tokens_get_the_role_that_trusts_them_and_the_provider_stays(client: Client, stack: None) -> None:
    assert assume(client, "deploy")["AssumedRoleUser"]["Arn"].endswith("assumed-role/web-github-deploy/test")
    assert assume(client, "diff", sub="repo:octo-org@123456/octo-repo@789012:pull_request")["Credentials"]
    for what, claims in REFUSED.items():
        with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
            pytest.fail(f"{what}: {assume(client, 'deploy', **claims)}")
    with pytest.raises(ClientError, match="Incorrect token audience"):
        assume(client, "deploy", aud="https://github.com/octo-org")
    with pytest.raises(ClientError, match="No OpenIDConnect provider found in your account"):
        assume(client, "deploy", iss="https://gitlab.com")


def test_a_second_provider_fails_and_an_existing_one_is_used(client: Client, stack: None) -> None:
    stacks, capabilities = client("cloudformation"), ["CAPABILITY_NAMED_IAM"]
    other = template(prefix="other")

    stacks.create_stack(StackName="second", TemplateBody=other, Capabilities=capabilities)
    assert ended(client, "second")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "already exists" in str(reasons(client, "second"))
    stacks.delete_stack(StackName="second")
    assert client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": PROVIDER}]
    stacks.create_stack(
        StackName="third", TemplateBody=template(existing=True, prefix="third"), Capabilities=capabilities
    )
    assert ended(client, "third")["StackStatus"] == "CREATE_COMPLETE"
    stacks.delete_stack(StackName="third")
