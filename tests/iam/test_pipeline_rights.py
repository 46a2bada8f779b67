"""What each role of a pipeline may do, and may not: read data and secrets, or change anything by itself."""

import pytest

from bedrock_constructs.pipelines.drift_reads import DRIFT_READS
from bedrock_constructs.pipelines.rights import LISTED
from bedrock_constructs.pipelines.trust import GITHUB_ISSUER
from kit.verify.preflight import CHECKED
from tests.iam import pipeline_template
from tests.iam.cases import OTHER_ACCOUNT, REGION, arn, on
from tests.iam.pipeline_template import OURS, PROVIDER
from tests.iam.roles import Role
from tests.iam.simulator import allowed
from tests.synthesized import ACCOUNT

OTHERS = "other"
TAGGED = {"aws:ResourceTag/bedrock-kit:deployment": OURS}


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return pipeline_template.roles()


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


def test_the_provider_is_kept_and_an_existing_one_is_used() -> None:
    template = pipeline_template.template()
    (provider,) = [item for item in template["Resources"].values() if item["Type"] == PROVIDER]

    assert provider["Properties"]["Url"] == f"https://{GITHUB_ISSUER}"
    assert provider["DeletionPolicy"] == provider["UpdateReplacePolicy"] == "Retain"
