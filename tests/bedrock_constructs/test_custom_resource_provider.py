"""One provider in a stack, and the contract between the templates and the package that answers them."""

import re

import boto3

from custom_resources.handler import resources
from tests.bedrock_constructs.custom_resource_stack import template


def test_every_custom_type_of_the_template_has_a_lifecycle() -> None:
    found = template().to_json()["Resources"].values()
    types = {item["Type"] for item in found if item["Type"].startswith("Custom::")}

    assert types == set(resources(boto3.Session(), "us-east-1"))


def test_a_stack_has_one_provider() -> None:
    template().resource_count_is("AWS::StepFunctions::StateMachine", 1)
    found = template().to_json()["Resources"].values()
    tokens = {str(item["Properties"]["ServiceToken"]) for item in found if item["Type"].startswith("Custom::")}

    assert len(tokens) == 1


def test_every_custom_resource_depends_on_its_policy_and_ends_within_the_hour() -> None:
    for logical_id, item in template().to_json()["Resources"].items():
        if item["Type"].startswith("Custom::"):
            assert any("Policy" in name for name in item["DependsOn"]), logical_id
            assert int(item["Properties"]["ServiceTimeout"]) == 3600


def test_functions_run_the_package() -> None:
    functions = template().find_resources("AWS::Lambda::Function").values()
    handlers = {item["Properties"]["Handler"] for item in functions}

    assert {"custom_resources.handler.on_event", "custom_resources.handler.is_complete"} <= handlers


def test_poll_interval_comes_from_the_context_and_the_waiter_logs_no_response_url() -> None:
    machines = template().find_resources("AWS::StepFunctions::StateMachine")
    machine = next(iter(machines.values()))["Properties"]

    assert re.search(r"IntervalSeconds\W+2\b", str(machine["DefinitionString"]))
    assert "LoggingConfiguration" not in machine
