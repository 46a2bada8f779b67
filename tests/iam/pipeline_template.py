"""The stack of `kit pipeline access` for both systems, and its roles."""

import json
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions

from bedrock_constructs.pipelines.access import PipelineAccess
from bedrock_constructs.pipelines.trust import GITHUB_ISSUER, GitHubRepository, GitLabProject
from tests.iam.cases import REGION
from tests.iam.roles import Role, roles_of
from tests.synthesized import ACCOUNT

OURS = "support"
REPOSITORY = GitHubRepository("octo-org/octo-repo", "789012", "123456")
PROJECT = GitLabProject("group/sub/name")
PROVIDER = "AWS::IAM::OIDCProvider"


@cache
def template() -> dict[str, Any]:
    app = cdk.App(context={"@aws-cdk/aws-iam:minimizePolicies": True, "@aws-cdk/core:enablePartitionLiterals": True})
    stack = cdk.Stack(app, f"{OURS}-pipeline-access", env=cdk.Environment(account=ACCOUNT, region=REGION))
    PipelineAccess(
        stack,
        "GitHub",
        kit_deployment=OURS,
        system="github",
        diff=REPOSITORY.trust("pull_request"),
        drift=REPOSITORY.trust("ref:refs/heads/main"),
        deploy=REPOSITORY.trust("environment:prod", references=["refs/heads/main", "refs/tags/v*"]),
    )
    PipelineAccess(
        stack,
        "GitLab",
        kit_deployment=OURS,
        system="gitlab",
        diff=PROJECT.any_branch(),
        drift=PROJECT.trust(branches=["main"]),
        deploy=PROJECT.trust(branches=["main"], tags=["v*"]),
        existing_provider=True,
    )
    return dict(assertions.Template.from_stack(stack).to_json())


@cache
def roles() -> dict[str, Role]:
    """By the end of their logical ids, such as GitHubDiff."""
    (provider,) = [name for name, item in template()["Resources"].items() if item["Type"] == PROVIDER]
    reference = json.dumps({"Fn::GetAtt": [provider, "Arn"]})
    arn_of_it = json.dumps(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB_ISSUER}")
    resolved = json.loads(json.dumps(template()).replace(reference, arn_of_it))
    found = roles_of({f"{OURS}-pipeline-access": resolved}, region=REGION)
    return {name.rpartition("/")[2]: role for name, role in found.items()}
