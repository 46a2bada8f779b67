"""CustomizationWorkflow: the permissions of the state machine and of each function."""

import json

import pytest
from aws_cdk.assertions import Template

from tests.bedrock_constructs.customization.customization_stack import (
    KEY_ARN,
    NOVA,
    listed,
    statements_of,
    workflow_template,
)

FUNCTION_ROLES = ("CheckDataRole", "MetricsRole", "PromotionRole", "StarterFunctionRole")


@pytest.fixture(scope="module")
def template() -> Template:
    return workflow_template()


def test_the_state_machine_may_create_these_jobs_and_pass_these_roles(template: Template) -> None:
    statements = statements_of(template, "StateMachine")
    train, follow, stop, role = (statements[sid] for sid in ("Train", "FollowJob", "StopJob", "PassJobRole"))

    assert train["Action"] == ["bedrock:CreateModelCustomizationJob", "bedrock:TagResource"]
    assert f"foundation-model/{NOVA}" in json.dumps(train["Resource"])
    assert 'foundation-model/amazon.nova-micro-v1:0"' in json.dumps(train["Resource"])  # without its context suffix
    assert follow["Action"] == "bedrock:GetModelCustomizationJob"
    assert stop["Action"] == "bedrock:StopModelCustomizationJob"
    assert "model-customization-job/*" in json.dumps([follow["Resource"], stop["Resource"]])
    assert role["Action"] == "iam:PassRole"
    assert role["Condition"] == {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
    assert {item["Fn::GetAtt"][0][:7] for item in role["Resource"]} == {"support", "salesRo"}


def test_no_policy_has_a_wildcard_action(template: Template) -> None:
    for policy in template.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            assert not [action for action in listed(statement["Action"]) if "*" in action]


@pytest.mark.parametrize("role", FUNCTION_ROLES)
def test_no_function_may_act_on_everything(template: Template, role: str) -> None:
    statements = statements_of(template, role)

    assert statements
    everything = {
        action for item in statements.values() if "*" in listed(item["Resource"]) for action in listed(item["Action"])
    }
    # IAM knows no resource for a list.
    assert everything <= {"bedrock:ListModelCustomizationJobs", "bedrock:ListCustomModels"}
    for resource in template.find_resources("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in resource["Properties"]


@pytest.mark.parametrize(
    ("role", "sids"),
    [
        (
            "CheckDataRole",
            {"ReadData", "WriteReport", "ReadClaim", "ReadOwner", "ReadModelOwner", "FindModel", "LookAtModel"},
        ),
        ("MetricsRole", {"ReadOutput", "WriteMetrics", "ListOutput"}),
        (
            "PromotionRole",
            {
                "Deploy",
                "ReadDeployment",
                "TagDeployment",
                "UpdateDeployment",
                "Swap",
                "ReadThroughput",
                "ReadOwner",
                "Publish",
                "LookWhetherRemoved",
            },
        ),
        (
            "StarterFunctionRole",
            {
                "ReadData",
                "Follow",
                "Start",
                "Look",
                "LookAtDeployment",
                "LookAtThroughput",
                "ReadOwner",
                "ReportFailure",
                "FindHolds",
                "TakeTurn",
                "Decide",
                "StopJobs",
                "FindJobs",
            },
        ),
    ],
)
def test_each_function_has_its_own_permissions(template: Template, role: str, sids: set[str]) -> None:
    assert {sid for sid in statements_of(template, role) if not sid.startswith("[")} == sids


def test_promotion_never_buys_capacity_or_deletes(template: Template) -> None:
    actions = {
        action for item in statements_of(template, "PromotionRole").values() for action in listed(item["Action"])
    }

    assert "bedrock:CreateProvisionedModelThroughput" not in actions
    assert not [action for action in actions if "Delete" in action]


def test_promotion_may_publish_what_serves_in_its_own_deployment_only(template: Template) -> None:
    publish = statements_of(template, "PromotionRole")["Publish"]["Resource"]

    assert [json.dumps(resource).partition(":parameter")[2].rstrip('"]}') for resource in publish] == [
        "/bedrock-kit/sup/customizations/*/promoted",
        "/bedrock-kit/sup/aliases/*/serving",
    ]


def test_a_customers_key_is_for_the_functions_too_through_s3_only() -> None:
    template = workflow_template(customer_key=True)

    for role in FUNCTION_ROLES:
        statement = statements_of(template, role).get("UseKey")
        if role == "PromotionRole":  # it touches no object
            assert statement is None
            continue
        assert statement is not None
        assert statement["Resource"] == KEY_ARN
        assert statement["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
