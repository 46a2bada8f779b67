"""One provider in a stack, and the contract between the templates and the package that answers them."""

import boto3

from custom_resources.resource_types import resource_types
from tests.bedrock_constructs.custom_resources.custom_resource_stack import template


def test_every_custom_type_of_the_template_has_a_lifecycle() -> None:
    found = template().to_json()["Resources"].values()
    types = {item["Type"] for item in found if item["Type"].startswith("Custom::")}

    assert types == set(resource_types(boto3.Session(), "us-east-1"))


def test_a_stack_has_one_provider() -> None:
    template().resource_count_is("AWS::DynamoDB::Table", 1)
    found = template().to_json()["Resources"].values()
    tokens = {str(item["Properties"]["ServiceToken"]) for item in found if item["Type"].startswith("Custom::")}

    assert len(tokens) == 1


def test_every_custom_resource_outlives_nothing_that_it_needs_and_ends_within_the_hour() -> None:
    resources = template().to_json()["Resources"]
    needed = {"AWS::DynamoDB::Table", "AWS::IAM::Policy", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Function"}
    for logical_id, item in resources.items():
        if item["Type"].startswith("Custom::"):
            assert needed <= {resources[name]["Type"] for name in item["DependsOn"]}, logical_id
            assert int(item["Properties"]["ServiceTimeout"]) == 3600
            assert item["Properties"]["SchemaVersion"] == 1


def test_what_dies_is_repeated_by_lambda_for_as_long_as_cloudformation_listens() -> None:
    configs = template().find_resources("AWS::Lambda::EventInvokeConfig").items()
    (config,) = [item for name, item in configs if name.startswith("CustomResourceProvider")]

    assert config["Properties"]["MaximumRetryAttempts"] == 2
    assert config["Properties"]["MaximumEventAgeInSeconds"] == 3600
    assert "DestinationConfig" not in config["Properties"]  # it would store the event, its ResponseURL included


def test_the_function_may_touch_its_table_and_itself() -> None:
    policies = template().find_resources("AWS::IAM::Policy")
    own = [item["Properties"] for name, item in policies.items() if name.startswith("CustomResourceProvider")]
    statements = [statement for properties in own for statement in properties["PolicyDocument"]["Statement"]]
    actions = sorted(str(statement["Action"]) for statement in statements)

    assert actions == [
        "['dynamodb:GetItem', 'dynamodb:UpdateItem']",
        "['logs:CreateLogStream', 'logs:PutLogEvents']",
        "kms:Decrypt",  # the bootstrap bucket's key
        "lambda:InvokeFunction",
    ]


def test_the_longest_pause_comes_from_the_context() -> None:
    functions = template().find_resources("AWS::Lambda::Function", {"Properties": {"Environment": {}}})
    (variables,) = [
        item["Properties"]["Environment"]["Variables"]
        for name, item in functions.items()
        if name.startswith("CustomResourceProvider")
    ]

    assert variables["LONGEST_PAUSE_SECONDS"] == "2"
    assert "LEASES_TABLE" in variables
