"""Budget: which alarms, who is told, which costs count, and who may publish to its topics."""

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template
from botocore.session import get_session
from botocore.validate import ParamValidator

from bedrock_constructs.budget import Budget
from tests.bedrock_constructs.customization.customization_stack import ACCOUNT, empty_stack

TAG = ("bedrock-kit:deployment", "support")


def a_template(**changes: Any) -> Template:
    stack = empty_stack()
    usual: dict[str, Any] = {
        "monthly_usd": 250.5,
        "actual_percent": [100, 50],
        "forecast_percent": [100],
        "emails": ["a@example.com", "b@example.com"],
        "tag": None,
        "services": [],
        "with_topic": False,
        "hard_stop_percent": None,
    }
    Budget(stack, "Budget", **(usual | changes))
    return Template.from_stack(stack)


def properties(template: Template) -> dict[str, Any]:
    (found,) = template.find_resources("AWS::Budgets::Budget").values()
    kept: dict[str, Any] = found["Properties"]
    return kept


def alarms(template: Template) -> dict[tuple[str, float], list[tuple[str, Any]]]:
    """(type, percent) -> subscribers."""
    return {
        (alarm["Notification"]["NotificationType"], alarm["Notification"]["Threshold"]): [
            (one["SubscriptionType"], one["Address"]) for one in alarm["Subscribers"]
        ]
        for alarm in properties(template)["NotificationsWithSubscribers"]
    }


def test_every_alarm_notifies_all_subscribers() -> None:
    told = [("EMAIL", "a@example.com"), ("EMAIL", "b@example.com")]

    assert alarms(a_template()) == {("ACTUAL", 50): told, ("ACTUAL", 100): told, ("FORECASTED", 100): told}


def test_the_budget_is_monthly_and_has_no_name() -> None:
    budget = properties(a_template())["Budget"]

    assert budget == {
        "BudgetLimit": {"Amount": 250.5, "Unit": "USD"},
        "BudgetType": "COST",
        "Metrics": ["UnblendedCost"],
        "TimeUnit": "MONTHLY",
    }


@pytest.mark.parametrize("tag", [None, TAG])
@pytest.mark.parametrize("services", [[], ["Amazon Bedrock", "AWS Lambda"]])
@pytest.mark.parametrize("with_topic", [False, True])
def test_botocore_accepts_the_budget(tag: tuple[str, str] | None, services: list[str], with_topic: bool) -> None:
    made = properties(a_template(tag=tag, services=services, with_topic=with_topic))
    shape = get_session().get_service_model("budgets").shape_for("CreateBudgetRequest")
    limit = {
        "Amount": str(made["Budget"]["BudgetLimit"]["Amount"]),
        "Unit": "USD",
    }  # text in the API, a number in a template
    budget = {**made["Budget"], "BudgetName": "any", "BudgetLimit": limit}
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
    told = [
        {
            "Notification": alarm["Notification"],
            "Subscribers": [
                {**one, "Address": one["Address"] if one["SubscriptionType"] == "EMAIL" else topic}
                for one in alarm["Subscribers"]
            ],
        }
        for alarm in made["NotificationsWithSubscribers"]
    ]

    request = {"AccountId": ACCOUNT, "Budget": budget, "NotificationsWithSubscribers": told}
    report = ParamValidator().validate(request, shape)

    assert not report.has_errors(), report.generate_report()


def test_costs_are_filtered_by_tag_and_service() -> None:
    tagged = {"Tags": {"Key": TAG[0], "Values": [TAG[1]], "MatchOptions": ["EQUALS"]}}
    named = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"], "MatchOptions": ["EQUALS"]}}

    assert properties(a_template(tag=TAG))["Budget"]["FilterExpression"] == tagged
    assert properties(a_template(services=["Amazon Bedrock"]))["Budget"]["FilterExpression"] == named
    both = properties(a_template(tag=TAG, services=["Amazon Bedrock"]))["Budget"]["FilterExpression"]
    assert both == {"And": [tagged, named]}
    assert "FilterExpression" not in properties(a_template())["Budget"]


def test_only_budgets_of_this_account_can_publish_and_only_over_tls() -> None:
    template = a_template(with_topic=True)
    statements = [
        Match.object_like({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
        Match.object_like(
            {
                "Effect": "Allow",
                "Action": "sns:Publish",
                "Principal": {"Service": "budgets.amazonaws.com"},
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": Match.any_value()},
                },
            }
        ),
    ]

    template.has_resource_properties("AWS::SNS::TopicPolicy", {"PolicyDocument": {"Statement": statements}})


def test_the_budget_depends_on_the_policies_of_its_topics() -> None:
    template = a_template(with_topic=True, hard_stop_percent=100)
    (budget,) = template.find_resources("AWS::Budgets::Budget").values()

    assert set(template.find_resources("AWS::SNS::TopicPolicy")) <= set(budget["DependsOn"])


def test_the_hard_stop_topic_gets_only_its_own_alarm() -> None:
    template = a_template(with_topic=True, hard_stop_percent=100, actual_percent=[50])
    topics = {key: [address["Ref"] for way, address in told if way == "SNS"] for key, told in alarms(template).items()}

    assert len(template.find_resources("AWS::SNS::Topic")) == 2
    assert set(topics) == {("ACTUAL", 50), ("ACTUAL", 100), ("FORECASTED", 100)}
    assert topics["ACTUAL", 50] == topics["FORECASTED", 100]
    assert topics["ACTUAL", 100] != topics["ACTUAL", 50]
    assert [len(told) for told in topics.values()] == [1, 1, 1]
