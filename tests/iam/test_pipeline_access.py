"""Which tokens of GitHub and GitLab may assume a role of the pipeline, and what each role may do and may not."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from bedrock_constructs.pipelines.access import PipelineAccess
from bedrock_constructs.pipelines.drift_reads import DRIFT_READS
from bedrock_constructs.pipelines.rights import LISTED
from bedrock_constructs.pipelines.trust import AUDIENCE, GITHUB_ISSUER, GitHubRepository, GitLabProject
from kit.verify.preflight import CHECKED
from tests.iam.cases import OTHER_ACCOUNT, REGION, arn, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed, as_list
from tests.synthesized import ACCOUNT, synthesized

OURS, OTHERS = "support", "other"
REPOSITORY = GitHubRepository("octo-org/octo-repo", "789012", "123456")
PROJECT = GitLabProject("group/sub/name")
PROVIDER = "AWS::IAM::OIDCProvider"
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
TAGGED = {"aws:ResourceTag/bedrock-kit:deployment": OURS}


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def roles(template: dict[str, Any]) -> dict[str, Role]:
    """By the end of their logical ids, such as GitHubDiff."""
    (provider,) = [name for name, item in template["Resources"].items() if item["Type"] == PROVIDER]
    reference = json.dumps({"Fn::GetAtt": [provider, "Arn"]})
    arn_of_it = json.dumps(f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB_ISSUER}")
    resolved = json.loads(json.dumps(template).replace(reference, arn_of_it))
    found = roles_of({f"{OURS}-pipeline-access": resolved}, region=REGION)
    return {name.rpartition("/")[2]: role for name, role in found.items()}


def github(
    subject: str, *, repository: str = "octo-org/octo-repo", number: str = "789012", **claims: str
) -> dict[str, str]:
    token = {"aud": AUDIENCE, "sub": f"repo:{repository}:{subject}", "repository_id": number, **claims}
    return {f"{GITHUB_ISSUER}:{claim}": value for claim, value in token.items()}


def gitlab(kind: str, reference: str, *, project: str = "group/sub/name", audience: str = AUDIENCE) -> dict[str, str]:
    subject = f"project_path:{project}:ref_type:{kind}:ref:{reference}"
    return {"gitlab.com:aud": audience, "gitlab.com:sub": subject}


def trusts(trust: list[Statement], token: dict[str, str]) -> bool:
    """As STS decides: the issuer of the token is the provider that the statement names."""
    issuer = next(iter(token)).partition(":")[0]
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    named = [item for item in trust if item["Principal"] == {"Federated": provider}]
    statements = [{**item, "Resource": "*"} for item in named]
    return allowed(statements, Request(WEB_IDENTITY, "*", token))


IMMUTABLE = "octo-org@123456/octo-repo@789012"
MAIN, TAG = {"ref": "refs/heads/main"}, {"ref": "refs/tags/v1.2"}
ACCEPTED = {
    "GitHubDiff": [github("pull_request"), github("pull_request", repository=IMMUTABLE)],
    "GitHubDrift": [github("ref:refs/heads/main", **MAIN), github("ref:refs/heads/main", repository=IMMUTABLE)],
    "GitHubDeploy": [
        github("environment:prod", **MAIN),
        github("environment:prod", **TAG),
        github("environment:prod", repository=IMMUTABLE, **TAG),
    ],
    "GitLabDiff": [gitlab("branch", "main"), gitlab("branch", "somebody/fix")],
    "GitLabDrift": [gitlab("branch", "main")],
    "GitLabDeploy": [gitlab("branch", "main"), gitlab("tag", "v1.2")],
}
NEVER = {
    "another repository": github("pull_request", repository="octo-org/other", number="1"),
    "a fork's own workflow": github("pull_request", repository="someone/octo-repo", number="789013"),
    "a name that was given away again": github("environment:prod", number="999999", **MAIN),
    "the immutable subject of another owner": github(
        "environment:prod", repository="octo-org@1/octo-repo@789012", number="999999", **MAIN
    ),
    "another audience": github("environment:prod", aud="https://github.com/octo-org", **MAIN),
    "another audience of a pull request": github("pull_request", aud="https://github.com/octo-org"),
    "another audience of a schedule": github("ref:refs/heads/main", aud="https://github.com/octo-org", **MAIN),
    "a pull request to a name that was given away": github("pull_request", number="999999"),
    "a schedule of a name that was given away": github("ref:refs/heads/main", number="999999", **MAIN),
    "a longer name": github("environment:prod", repository="octo-org/octo-repo-2", **MAIN),
    "a prefix of the owner": github("pull_request", repository="evil/octo-org/octo-repo"),
    "a token without claims": {f"{GITHUB_ISSUER}:aud": AUDIENCE},
    "another project": gitlab("branch", "main", project="group/sub/other"),
    "the same name in another group": gitlab("branch", "main", project="evil/group/sub/name"),
    "a fork's merge request": gitlab("branch", "main", project="someone/name"),
    "GitLab's own audience": gitlab("branch", "main", audience="https://gitlab.com"),
}
NOT_TO_DEPLOY = {
    "another environment": github("environment:dev", **MAIN),
    "no environment": github("ref:refs/heads/main", **MAIN),
    "a pull request": github("pull_request", ref="refs/pull/7/merge"),
    "a branch in the environment": github("environment:prod", ref="refs/heads/feature"),
    "a branch called as a tag": github("environment:prod", ref="refs/heads/v1"),
    "a tag of another pattern": github("environment:prod", ref="refs/tags/test-v1"),
    "an environment whose name goes on": github("environment:prod-eu", **MAIN),
    "a reference that is not told": github("environment:prod"),
    "a branch of GitLab": gitlab("branch", "fix"),
    "a branch of GitLab called as a tag": gitlab("branch", "v1"),
    "a tag of GitLab of another pattern": gitlab("tag", "test-v1"),
    "a branch of GitLab whose name begins so": gitlab("branch", "main-2"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_job_of_the_pipeline_assumes_its_role(roles: dict[str, Role], name: str) -> None:
    assert [token for token in ACCEPTED[name] if not trusts(roles[name].trust, token)] == []


@pytest.mark.parametrize("what", NEVER)
def test_no_role_is_assumed_by(roles: dict[str, Role], what: str) -> None:
    assert [name for name, role in roles.items() if trusts(role.trust, NEVER[what])] == []


@pytest.mark.parametrize("what", NOT_TO_DEPLOY)
def test_nothing_is_deployed_by(roles: dict[str, Role], what: str) -> None:
    assert [name for name in ("GitHubDeploy", "GitLabDeploy") if trusts(roles[name].trust, NOT_TO_DEPLOY[what])] == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_condition_refuses_a_token(roles: dict[str, Role], name: str) -> None:
    tokens = [*(token for found in ACCEPTED.values() for token in found), *NEVER.values(), *NOT_TO_DEPLOY.values()]
    verdicts = [trusts(roles[name].trust, token) for token in tokens]

    changed = mutations(roles[name].trust)

    assert [what for what, trust in changed if [trusts(trust, token) for token in tokens] == verdicts] == []


@pytest.mark.parametrize(
    "widened", ["octo-org/*", "*/octo-repo", "octo-org/octo?repo", "octo-org/${aws:username}", "octo-org/octo-repo\n"]
)
def test_a_wildcard_in_a_name_is_refused(widened: str) -> None:
    with pytest.raises(ValueError, match="a claim must have"):
        GitHubRepository(widened, "1", "2").trust("pull_request")
    with pytest.raises(ValueError, match="a claim must have"):
        GitLabProject(widened).any_branch()


@pytest.mark.parametrize("reference", ["*", "refs/*/main", "refs/heads/**", "refs/tags/v?"])
def test_a_wildcard_in_a_reference_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="a claim must have"):
        REPOSITORY.trust("environment:prod", references=[reference])


STACK = arn("cloudformation", f"stack/{OURS}-inference-api/1")
OTHER_STACK = arn("cloudformation", f"stack/{OTHERS}-inference-api/1")
PARAMETER = arn("ssm", f"parameter/bedrock-kit/{OURS}/aliases/bot/serving")
RECORD = arn("ssm", f"parameter/bedrock-kit/{OURS}/deploys/last")
DATA = "arn:aws:s3:::support-training-databucket-abc"
SECRET = arn("secretsmanager", "secret:InferenceApiKey-abc")
BOOTSTRAP = [
    f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-{role}-{ACCOUNT}-{REGION}"
    for role in ("deploy-role", "file-publishing-role", "lookup-role")
]
LOOKS = [
    *on("*", "cloudformation:DescribeStacks", "bedrock:ListCustomModels", "bedrock:ListProvisionedModelThroughputs"),
    *on(STACK, "cloudformation:GetTemplate"),
    *on(arn("states", f"execution:{OURS}-training-workflow:run"), "states:DescribeExecution"),
    *on(PARAMETER, "ssm:GetParameter", "ssm:GetParameterHistory"),
    *on(arn("ssm", f"parameter/bedrock-kit/{OURS}"), "ssm:GetParametersByPath"),
    *on(DATA, "s3:ListBucket"),
    *on(f"{DATA}/.bedrock-kit/manifest.json", "s3:GetObject"),
]
DRIFTS = [
    *on(STACK, "cloudformation:DetectStackDrift", "cloudformation:DescribeStackResourceDrifts"),
    *on("*", "cloudformation:DescribeStackDriftDetectionStatus"),
    *on(arn("lambda", f"function:{OURS}-x"), "lambda:GetFunction"),
    *on(PARAMETER, "ssm:GetParameters"),
]
DEPLOYS = [
    *(request for role in BOOTSTRAP for request in on(role, "sts:AssumeRole")),
    *on(RECORD, "ssm:PutParameter"),
    *on(arn("ssm", "parameter/cdk-bootstrap/hnb659fds/version"), "ssm:GetParameter"),
    *on(SECRET, "secretsmanager:GetSecretValue", context=TAGGED),
    *on("*", *(action for check in CHECKED for action in check.actions if action != "ssm:GetParameter")),
]
NOBODY = [
    *on(f"{DATA}/data/support/1.jsonl", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    *on("arn:aws:s3:::other-training-databucket/.bedrock-kit/m", "s3:GetObject"),
    *on(OTHER_STACK, "cloudformation:GetTemplate", "cloudformation:DetectStackDrift"),
    *on(STACK, "cloudformation:UpdateStack", "cloudformation:DeleteStack", "cloudformation:CreateChangeSet"),
    *on(arn("ssm", f"parameter/bedrock-kit/{OTHERS}/deploys/last"), "ssm:PutParameter", "ssm:GetParameter"),
    *on(PARAMETER, "ssm:PutParameter", "ssm:DeleteParameter"),
    *on(SECRET, "secretsmanager:GetSecretValue", context={"aws:ResourceTag/bedrock-kit:deployment": OTHERS}),
    *on(SECRET, "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"),
    *on(
        f"arn:aws:iam::{ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{REGION}", "sts:AssumeRole", "iam:PassRole"
    ),
    *on(f"arn:aws:iam::{ACCOUNT}:role/Admin", "sts:AssumeRole", "iam:CreateRole", "iam:UpdateAssumeRolePolicy"),
    *on(BOOTSTRAP[0].replace(ACCOUNT, OTHER_ACCOUNT), "sts:AssumeRole"),
    *on(BOOTSTRAP[0].replace(REGION, "eu-west-1"), "sts:AssumeRole"),
    *on("*", "bedrock:CreateModelCustomizationJob", "bedrock:CreateProvisionedModelThroughput", "bedrock:InvokeModel"),
    *on("*", "kms:Decrypt", "iam:CreateOpenIDConnectProvider"),
]
MAY = {"Diff": LOOKS, "Drift": [*LOOKS, *DRIFTS], "Deploy": [*LOOKS, *DEPLOYS]}


@pytest.mark.parametrize("kind", MAY)
def test_a_role_may_do_what_its_commands_do_and_nothing_else(roles: dict[str, Role], kind: str) -> None:
    statements = roles[f"GitHub{kind}"].statements
    everything = [*LOOKS, *DRIFTS, *DEPLOYS]
    denied = [*NOBODY, *(request for request in everything if request not in MAY[kind])]

    assert [request for request in MAY[kind] if not allowed(statements, request)] == []
    passed = [request for request in denied if allowed(statements, request)]
    assert {request.action for request in passed} <= READS[kind], passed


READS = {"Diff": {*LISTED}, "Deploy": {*LISTED}, "Drift": {*LISTED, *DRIFT_READS}}  # each needs some of the others


def test_both_systems_give_the_same_rights(roles: dict[str, Role]) -> None:
    for kind in MAY:
        assert roles[f"GitHub{kind}"].statements == roles[f"GitLab{kind}"].statements
        assert roles[f"GitHub{kind}"].managed == ()


def test_the_provider_is_kept_and_an_existing_one_is_used(template: dict[str, Any]) -> None:
    (provider,) = [item for item in template["Resources"].values() if item["Type"] == PROVIDER]

    assert provider["Properties"]["Url"] == f"https://{GITHUB_ISSUER}"
    assert provider["DeletionPolicy"] == provider["UpdateReplacePolicy"] == "Retain"


def test_drift_detection_reads_what_the_schemas_of_the_kits_types_say() -> None:
    types = {
        resource["Type"]
        for config in ("tests/stacks/full.toml", "tests/stacks/aurora_postgresql.toml")
        for template in synthesized(config).values()
        for resource in template["Resources"].values()
        if resource["Type"].startswith("AWS::")
    }
    needed = {action for one in types for action in _reads(one)}
    data = {"secretsmanager:GetSecretValue", "ssm:GetParameters", "s3:GetObject"}
    never = {"iam:PassRole", "kms:Decrypt", "kms:GenerateDataKey"}

    assert needed - data - never - set(DRIFT_READS) == set()
    assert not set(DRIFT_READS) & (data | never)


def _reads(resource_type: str) -> list[str]:
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return []
    return as_list(schema.get("handlers", {}).get("read", {}).get("permissions", []))
