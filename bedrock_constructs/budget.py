"""A monthly budget of AWS Budgets with alarms by email and SNS."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from bedrock_constructs.arguments import ADDRESS, check_each, check_kind, check_number, check_positive
from bedrock_constructs.nag_acknowledgments import acknowledge


class Budget(Construct):
    """Alarms at `actual_percent` and `forecast_percent` (each 0.1 or more) of `monthly_usd`, in US dollars.

    AWS mails to each of `emails` only once its reader has opened a link and signed in to this account:
    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-email-recipients.html

    The budget counts costs with `tag` (key, value; None: any) and of `services` (empty: any).
    `topic` gets every alarm. `hard_stop_topic` gets only the alarm at `hard_stop_percent` actual cost, so that
    subscribers can act on it. AWS allows one topic per alarm: this alarm does not go to `topic`. Both attributes are
    None unless requested.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        monthly_usd: float,
        actual_percent: Sequence[float] = (50, 80, 100),
        forecast_percent: Sequence[float] = (100,),
        emails: Sequence[str] = (),
        tag: tuple[str, str] | None = None,
        services: Sequence[str] = (),
        with_topic: bool = False,
        hard_stop_percent: float | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        _check(monthly_usd, actual_percent, forecast_percent, hard_stop_percent)
        check_each("emails", emails, ADDRESS, "an email address")
        check_each("services", services, ".+", "the name of a service as AWS bills it, such as Amazon Bedrock")
        check_kind("tag", tag, tuple | None, "a tuple (key, value), or None")
        if not emails and not with_topic and (actual_percent or forecast_percent):
            raise ValueError("emails must name who gets the alarms, got none; name an address, or set with_topic")
        self.topic = self._topic("Topic") if with_topic else None
        self.hard_stop_topic = self._topic("HardStopTopic") if hard_stop_percent else None
        self._hard_stop = ("ACTUAL", hard_stop_percent)
        actual = sorted({*actual_percent, *([hard_stop_percent] if hard_stop_percent else [])})
        alarms = [("ACTUAL", percent) for percent in actual] + [("FORECASTED", one) for one in sorted(forecast_percent)]
        # No name: a change of the alarms replaces the budget, and the name would already exist.
        budget = budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=monthly_usd, unit="USD"),
                metrics=["UnblendedCost"],
                filter_expression=_filter(tag, services),
            ),
            notifications_with_subscribers=[self._alarm(kind, percent, emails) for kind, percent in alarms],
        )
        # AWS publishes to each topic when it creates the budget, so the topic policies must exist.
        budget.node.add_dependency(*(topic for topic in (self.topic, self.hard_stop_topic) if topic))

    def _alarm(
        self, kind: str, percent: float, emails: Sequence[str]
    ) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
        topic = self.hard_stop_topic if (kind, percent) == self._hard_stop else self.topic
        subscribers = [("EMAIL", email) for email in emails] + ([("SNS", topic.topic_arn)] if topic else [])
        return budgets.CfnBudget.NotificationWithSubscribersProperty(
            notification=budgets.CfnBudget.NotificationProperty(
                comparison_operator="GREATER_THAN",
                notification_type=kind,
                threshold=percent,
                threshold_type="PERCENTAGE",
            ),
            subscribers=[
                budgets.CfnBudget.SubscriberProperty(subscription_type=way, address=address)
                for way, address in subscribers
            ],
        )

    def _topic(self, construct_id: str) -> sns.Topic:
        topic = sns.Topic(self, construct_id, enforce_ssl=True)
        stack = Stack.of(self)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BudgetsOfThisAccount",
                principals=[iam.ServicePrincipal("budgets.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:budgets::{stack.account}:*"},
                },
            )
        )
        reason = (
            "AWS Budgets cannot publish with the AWS managed key, and a customer managed key has a monthly price. "
            "The messages contain the budget's name and amounts."
        )
        acknowledge(topic, "AwsSolutions-SNS2", reason=reason)
        return topic


def _check(
    monthly_usd: float, actual_percent: Sequence[float], forecast_percent: Sequence[float], hard_stop: float | None
) -> None:
    check_positive("monthly_usd", monthly_usd)
    for name, values in (("actual_percent", actual_percent), ("forecast_percent", forecast_percent)):
        check_kind(name, values, Sequence, "a list of percentages")
        for value in values:
            check_number(f"each of {name}", value, 0.1)
    if hard_stop is not None:
        check_number("hard_stop_percent", hard_stop, 0.1)


def _filter(tag: tuple[str, str] | None, services: Sequence[str]) -> budgets.CfnBudget.ExpressionProperty | None:
    parts = []
    if tag:
        tagged = budgets.CfnBudget.TagValuesProperty(key=tag[0], values=[tag[1]], match_options=["EQUALS"])
        parts.append(budgets.CfnBudget.ExpressionProperty(tags=tagged))
    if services:
        named = budgets.CfnBudget.ExpressionDimensionValuesProperty(
            key="SERVICE", values=list(services), match_options=["EQUALS"]
        )
        parts.append(budgets.CfnBudget.ExpressionProperty(dimensions=named))
    if len(parts) < 2:
        return parts[0] if parts else None
    return budgets.CfnBudget.ExpressionProperty(and_=parts)
