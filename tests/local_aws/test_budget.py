"""The budget stack on the embedded AWS: its budget and notifications, and the hard stop that releases a throughput."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from bedrock_constructs.lambda_functions.sources import source_files
from tests.local_aws.conftest import Client
from tests.local_aws.functions import ROLE
from tests.local_aws.servers import settled
from tests.local_aws.stacks import ended, outputs_of, reasons
from tests.synthesized import synthesized

STACK = "full-budget"
NAME = "full-live"
OWNER = "full-provisioned-throughput/Live"


@pytest.fixture
def outputs(client: Client) -> Iterator[dict[str, str]]:
    template = {**synthesized("tests/stacks/full.toml")[STACK], "Parameters": {}, "Rules": {}}  # no bootstrap here
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    created = ended(client, STACK)
    assert created["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield outputs_of(created)
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=created["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def test_the_budget_has_its_notifications_and_subscribers(outputs: dict[str, str], client: Client) -> None:
    topic_arn = outputs["TopicArn"]
    account = topic_arn.split(":")[4]
    budgets = client("budgets")

    (budget,) = budgets.describe_budgets(AccountId=account, ShowFilterExpression=True)["Budgets"]
    alarms = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=budget["BudgetName"])
    told: list[list[dict[str, Any]]] = [
        budgets.describe_subscribers_for_notification(
            AccountId=account, BudgetName=budget["BudgetName"], Notification=_key(alarm)
        )["Subscribers"]
        for alarm in alarms["Notifications"]
    ]

    assert float(budget["BudgetLimit"]["Amount"]) == 500
    assert [part for part in budget["FilterExpression"]["And"] if "Tags" in part]
    assert sorted((alarm["NotificationType"], alarm["Threshold"]) for alarm in alarms["Notifications"]) == [
        ("ACTUAL", 50),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    topics = [one["Address"] for subscribers in told for one in subscribers if one["SubscriptionType"] == "SNS"]
    assert topics.count(topic_arn) == 2
    assert len(set(topics)) == 2  # at 100 % spent the hard stop's is told


def _key(alarm: dict[str, Any]) -> dict[str, Any]:
    names = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
    return {name: alarm[name] for name in names if name in alarm}


def test_a_message_to_the_hard_stop_releases_what_is_billed_by_the_hour(
    outputs: dict[str, str], client: Client
) -> None:
    _deployed_throughput(client)
    _subscribe(client, _capacity_function(client, outputs["TopicArn"]), outputs["HardStopTopicArn"])

    client("sns").publish(TopicArn=outputs["HardStopTopicArn"], Message="AWS Budget Notification: over 100 %")

    deadline = time.monotonic() + 25
    while client("bedrock").list_provisioned_model_throughputs(nameContains=NAME)["provisionedModelSummaries"]:
        assert time.monotonic() < deadline, "the throughput is still there"
        time.sleep(0.1)
    ledger = json.loads(_parameter(client, "ledger"))
    assert (ledger["override"]["wanted"], ledger["override"]["why"]) == ("released", "budget")


def _deployed_throughput(client: Client) -> None:
    """What a deploy leaves behind: the throughput with its tags, its settings, its ledger."""
    tags = {"bedrock-kit:deployment": "full", "bedrock-kit:resource": OWNER}
    client("bedrock").create_provisioned_model_throughput(
        provisionedModelName=NAME,
        modelId="amazon.nova-micro-v1:0:128k",
        modelUnits=1,
        tags=[{"key": key, "value": value} for key, value in tags.items()],
    )
    settled(
        lambda: client("bedrock").get_provisioned_model_throughput(provisionedModelId=NAME),
        lambda found: found["status"] == "InService",
    )
    properties = {"ProvisionedModelName": NAME, "KitDeployment": "full", "ModelUnits": "1"}
    properties["ModelIdentifier"] = "amazon.nova-micro-v1:0:128k"
    ledger = {"state": "bought", "since": "2026-11-25T00:00:00+00:00", "why": "deployed", "who": "test", "purchase": 1}
    for name, value in (("settings", {"owner": OWNER, "properties": properties}), ("ledger", ledger)):
        client("ssm").put_parameter(Name=_path(name), Value=json.dumps(value), Type="String", Overwrite=True)


def _capacity_function(client: Client, notices_topic: str) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, source in source_files("provisioned_throughput_controller.handler").items():
            file.write(source, name)
    variables = {"KIT_DEPLOYMENT": "full", "THROUGHPUTS": json.dumps([NAME]), "TOPIC_ARN": notices_topic}
    arn: str = client("lambda").create_function(
        FunctionName="full-capacity",
        Runtime="python3.13",
        Role=ROLE,
        Handler="provisioned_throughput_controller.handler.handler",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": variables},
        Timeout=60,
    )["FunctionArn"]
    client("lambda").get_waiter("function_active_v2").wait(FunctionName="full-capacity")
    return arn


def _subscribe(client: Client, function: str, topic: str) -> None:
    client("lambda").add_permission(
        FunctionName=function,
        StatementId="HardStop",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=topic,
    )
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)


def _path(name: str) -> str:
    return f"/bedrock-kit/full/capacity/{NAME}/{name}"


def _parameter(client: Client, name: str) -> str:
    value: str = client("ssm").get_parameter(Name=_path(name))["Parameter"]["Value"]
    return value
