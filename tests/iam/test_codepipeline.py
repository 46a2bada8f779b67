"""The roles of a pipeline in one account, and those of the environments that its builds assume from there.

https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html#edit-role-connections
"""

import pytest

from tests.iam.cases import REGION, arn, on
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed, trusted
from tests.pipelines.codepipeline_templates import PIPELINE_ACCOUNT, access, pipeline
from tests.synthesized import ACCOUNT

DEV, PROD = "222233334444", "333344445555"
PREFIX = "pipeline/DeploymentPipeline"
BUCKET = "arn:aws:s3:::shop-pipeline-deploymentpipelinestoreartifacts"
OBJECT = f"{BUCKET}/shop-pipeline/Source/0f0f"
KEY = arn("kms", "key/shop-pipeline-DeploymentPipelineStoreKey")
CONNECTION = arn("codeconnections", "connection/0f0f0f0f-1111-2222-3333-444444444444")
TOPIC = arn("sns", "shop-pipeline-DeploymentPipelineStoreTopic")
PLAIN, WRITING = ("Check", "SecurityGate"), ("Synth",)
ASSUMING = {
    f"{environment}{build}": f"arn:aws:iam::{account}:role/shop-{environment.lower()}-codepipeline-{build.lower()}"
    for environment, account in (("Dev", DEV), ("Prod", PROD))
    for build in ("Diff", "Deploy", "Smoke")
}
PROJECTS = (*PLAIN, *WRITING, *ASSUMING)
USE = ("codeconnections:UseConnection", "codestar-connections:UseConnection")
BUILDS = ("codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild")


def project(name: str) -> str:
    return arn("codebuild", f"project/shop-pipeline-DeploymentPipeline{name}Project")


def log(name: str) -> str:
    return arn("logs", f"log-group:shop-pipeline-DeploymentPipeline{name}Log:log-stream:0f0f")


def build_requests(name: str) -> list[Request]:
    """What CodeBuild does with the role of a build, and what its commands do."""
    return [
        *on(log(name), "logs:CreateLogStream", "logs:PutLogEvents"),
        *on(OBJECT, "s3:GetObject", "s3:GetObjectVersion", *(["s3:PutObject"] if name in WRITING else [])),
        *on(BUCKET, "s3:GetBucketAcl", "s3:GetBucketLocation"),
        *on(KEY, "kms:Decrypt", *(["kms:GenerateDataKey"] if name in WRITING else [])),
        *(on(ASSUMING[name], "sts:AssumeRole") if name in ASSUMING else []),
    ]


def refused_to_build(name: str) -> list[Request]:
    roles = [role for other, role in ASSUMING.items() if other != name]
    bootstrap = [f"arn:aws:iam::{account}:role/cdk-hnb659fds-deploy-role-{account}-{REGION}" for account in (DEV, PROD)]
    return [
        *(request for role in (*roles, *bootstrap) for request in on(role, "sts:AssumeRole")),
        *(request for other in PROJECTS if other != name for request in on(log(other), "logs:PutLogEvents")),
        *on("arn:aws:s3:::others/key", "s3:GetObject", "s3:PutObject"),
        *on(OBJECT, "s3:DeleteObject", *([] if name in WRITING else ["s3:PutObject"])),
        *on(arn("kms", "key/other"), "kms:Decrypt", "kms:GenerateDataKey"),
        *on(CONNECTION, *USE),
        *on(TOPIC, "sns:Publish"),
        *on(project(name), *BUILDS),
        *on(arn("secretsmanager", "secret:any"), "secretsmanager:GetSecretValue"),
    ]


ALLOWED = {f"{PREFIX}{name}Role": build_requests(name) for name in PROJECTS} | {
    f"{PREFIX}Role": [
        *on(OBJECT, "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl"),
        *on(BUCKET, "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"),
        *on(KEY, "kms:Decrypt", "kms:GenerateDataKey"),
        *on(CONNECTION, *USE),
        *on(CONNECTION.replace("codeconnections", "codestar-connections"), *USE),
        *(request for name in PROJECTS for request in on(project(name), *BUILDS)),
        *on(TOPIC, "sns:Publish"),
    ]
}
DENIED = {f"{PREFIX}{name}Role": refused_to_build(name) for name in PROJECTS} | {
    f"{PREFIX}Role": [
        *on(OBJECT, "s3:DeleteObject"),
        *on("arn:aws:s3:::others/key", "s3:GetObject", "s3:PutObject", "s3:PutObjectAcl"),
        *on(arn("codeconnections", "connection/other"), *USE),
        *on(arn("codebuild", "project/other"), *BUILDS),
        *on(arn("sns", "other"), "sns:Publish"),
        *(request for role in ASSUMING.values() for request in on(role, "sts:AssumeRole")),
    ]
}


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    found = roles_of({"shop-pipeline": pipeline()}, region=REGION)
    return {name: role for name, role in found.items() if "CustomS3AutoDelete" not in name}  # the CDK's


def verdicts(statements: list[Statement], name: str) -> list[bool]:
    return [allowed(statements, request) for request in (*ALLOWED[name], *DENIED[name])]


def test_every_role_has_cases(roles: dict[str, Role]) -> None:
    assert set(roles) == set(ALLOWED) == set(DENIED)


@pytest.mark.parametrize("name", ALLOWED)
def test_a_role_may_do_what_it_needs_and_nothing_of_its_neighbours(roles: dict[str, Role], name: str) -> None:
    statements = roles[name].statements

    assert [request for request in ALLOWED[name] if not allowed(statements, request)] == []
    assert [request for request in DENIED[name] if allowed(statements, request)] == []
    assert roles[name].managed == ()


@pytest.mark.parametrize("name", ALLOWED)
def test_everything_in_a_policy_is_needed(roles: dict[str, Role], name: str) -> None:
    statements = roles[name].statements
    now = verdicts(statements, name)

    assert [what for what, changed in mutations(statements) if verdicts(changed, name) == now] == []


def test_only_a_project_of_the_account_has_the_role_of_a_build(roles: dict[str, Role]) -> None:
    trust = roles[f"{PREFIX}ProdDeployRole"].trust
    own = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": project("ProdDeploy")}

    assert trusted(trust, "codebuild.amazonaws.com", own)
    assert not trusted(trust, "codebuild.amazonaws.com", {**own, "aws:SourceAccount": DEV})
    foreign = project("ProdDeploy").replace(ACCOUNT, DEV)
    assert not trusted(trust, "codebuild.amazonaws.com", {**own, "aws:SourceArn": foreign})


@pytest.mark.parametrize("build", ["diff", "deploy", "smoke"])
def test_a_role_of_an_environment_trusts_one_build_of_the_pipelines_account(build: str) -> None:
    role = access_roles("prod")[build]
    (statement,) = role.trust

    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{PIPELINE_ACCOUNT}:root"}
    for caller, wanted in (
        (f"shop-prod-build-{build}", True),
        (f"shop-dev-build-{build}", False),
        ("Administrator", False),
    ):
        context = {"aws:PrincipalArn": f"arn:aws:iam::{PIPELINE_ACCOUNT}:role/{caller}"}
        assert allowed([{**statement, "Resource": "*"}], Request("sts:AssumeRole", "*", context)) is wanted


def test_the_trusted_builds_are_those_of_the_pipeline() -> None:
    names = {
        item["Properties"]["RoleName"]
        for item in pipeline()["Resources"].values()
        if item["Type"] == "AWS::IAM::Role" and "RoleName" in item["Properties"]
    }

    assert names == {
        f"shop-{environment}-build-{b}" for environment in ("dev", "prod") for b in ("diff", "deploy", "smoke")
    }


def test_smoke_questions_read_the_key_of_their_deployment_only() -> None:
    statements = access_roles("prod")["smoke"].statements
    secret = f"arn:aws:secretsmanager:us-west-2:{PROD}:secret:key"
    tag = "aws:ResourceTag/bedrock-kit:deployment"
    stacks = f"arn:aws:cloudformation:us-west-2:{PROD}:stack"
    wanted = [
        *on(secret, "secretsmanager:GetSecretValue", context={tag: "shop-prod"}),
        *on(f"{stacks}/shop-prod-inference-api/0f0f", "cloudformation:DescribeStacks"),
    ]
    refused = [
        *on(secret, "secretsmanager:GetSecretValue", context={tag: "shop-dev"}),
        *on(secret, "secretsmanager:GetSecretValue"),
        *on(secret, "secretsmanager:PutSecretValue", context={tag: "shop-prod"}),
        *on(f"{stacks}/shop-prod-training/0f0f", "cloudformation:DescribeStacks"),
        *on(f"arn:aws:iam::{PROD}:role/cdk-hnb659fds-deploy-role-{PROD}-us-west-2", "sts:AssumeRole"),
    ]

    assert [allowed(statements, request) for request in (*wanted, *refused)] == [True, True, *[False] * len(refused)]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_only_the_deploy_assumes_the_roles_of_cdk_bootstrap_of_its_own_account(environment: str) -> None:
    account, region = {"dev": (DEV, "us-east-1"), "prod": (PROD, "us-west-2")}[environment]
    other = PROD if environment == "dev" else DEV

    def assumes(build: str, of: str, role: str) -> bool:
        name = f"arn:aws:iam::{of}:role/cdk-hnb659fds-{role}-{of}-{region}"
        return allowed(access_roles(environment)[build].statements, Request("sts:AssumeRole", name))

    for role in ("deploy-role", "lookup-role", "file-publishing-role"):
        assert [assumes(build, account, role) for build in ("diff", "deploy", "smoke")] == [False, True, False]
        assert not assumes("deploy", other, role)
    assert not assumes("deploy", account, "cfn-exec-role")


def access_roles(environment: str) -> dict[str, Role]:
    """By build."""
    stack = f"shop-{environment}-pipeline-access"
    found = roles_of({stack: access(environment)}, region=REGION)
    return {name.rpartition("CodePipeline")[2].lower(): role for name, role in found.items()}
