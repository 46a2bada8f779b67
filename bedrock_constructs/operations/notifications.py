"""One message for one fault: composite alarms, and the topic that carries them to people."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from bedrock_constructs.alarm_topic import alarm_topic
from bedrock_constructs.nag_acknowledgments import acknowledge


class Notifications(Construct):
    """`emails`: AWS sends each a link that confirms the subscription. `topic_arn`: a topic of yours, whose policy lets
    cloudwatch.amazonaws.com publish; it gets the same messages.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        emails: Sequence[str] = (),
        topic_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        topics: list[sns.ITopic] = [self._topic(kit_deployment, emails)] if emails else []
        if topic_arn:
            topics.append(sns.Topic.from_topic_arn(self, "Yours", topic_arn))
        self._actions = [actions.SnsAction(topic) for topic in topics]

    def one_message(
        self, construct_id: str, alarms: Sequence[cloudwatch.IAlarm], description: str
    ) -> cloudwatch.CompositeAlarm:
        """While one of `alarms` is in the state ALARM, others of them send nothing more."""
        rule = cloudwatch.AlarmRule.any_of(
            *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in alarms)
        )
        composite = cloudwatch.CompositeAlarm(self, construct_id, alarm_rule=rule, alarm_description=description)
        composite.add_alarm_action(*self._actions)
        composite.add_ok_action(*self._actions)
        return composite

    def _topic(self, kit_deployment: str, emails: Sequence[str]) -> sns.Topic:
        topic = alarm_topic(self, "Topic", display_name=f"{kit_deployment} operations")
        for address in dict.fromkeys(emails):
            topic.add_subscription(subscriptions.EmailSubscription(address))
        reason = (
            "CloudWatch cannot publish with the AWS managed key, and a customer managed key has a monthly price. "
            "The messages contain names of alarms and numbers."
        )
        acknowledge(topic, "AwsSolutions-SNS2", reason=reason)
        return topic
