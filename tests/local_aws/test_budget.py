"""The synthesized budget stack on the embedded AWS: held against the real schema, created, seen by the service."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.test_cloudformation_types import ended, outputs_of, reasons
from tests.synthesized import synthesized

STACK = "full-budget"


@pytest.fixture
def topic_arn(client: Client) -> Iterator[str]:
    template = {**synthesized("tests/stacks/full.toml")[STACK], "Parameters": {}, "Rules": {}}  # no bootstrap here
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    created = ended(client, STACK)
    assert created["StackStatus"] == "CREATE_COMPLETE", reasons(client, STACK)
    yield outputs_of(created)["TopicArn"]
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=created["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )


def test_the_service_has_the_budget_its_alarms_and_who_is_told(topic_arn: str, client: Client) -> None:
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
