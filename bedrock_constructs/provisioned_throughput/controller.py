"""Releases throughput and buys it back: EventBridge Scheduler -> function, with a dead-letter queue, a topic, an alarm.

The scheduler's events (a window opens or closes, and a tick every 15 minutes) carry no command: the function reconciles
each throughput with its wanted state, so the next event makes up for a lost one.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct, DependencyGroup

from bedrock_constructs.alarm_topic import alarm_topic
from bedrock_constructs.lambda_functions.python_function import PythonFunction
from bedrock_constructs.nag_acknowledgments import acknowledge, acknowledge_wildcards
from bedrock_constructs.provisioned_throughput.permissions import (
    ThroughputTarget,
    idleness_statements,
    parameter_arn,
    throughput_statements,
)
from kit_contract import parameters
from kit_contract.environment import KIT_DEPLOYMENT, THROUGHPUTS, TOPIC_ARN

TICK = "rate(15 minutes)"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WILDCARD_REASON = (
    "Bedrock chooses the last part of these ARNs; parameters are those of this deployment; listing, and reading a "
    "metric, take no ARN"
)


class ProvisionedThroughputController(Construct):
    """One controller for all throughputs of a stack. `notify` lists mail addresses that subscribe to `topic`.

    A throughput depends on `parts`, its own `subscriptions` and its own schedules (`open_and_close`): on the whole
    construct, the dependencies of all throughputs would grow with the square of their number.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str,
        throughputs: Sequence[ThroughputTarget],
        notify: Sequence[str],
        watches_idleness: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._kit_deployment = kit_deployment
        self.subscriptions: dict[str, sns.Subscription] = {}  # by mail address
        self.topic = self._topic(notify)
        self._dead_letters = self._queue()
        self.function = self._function(throughputs, watches_idleness=watches_idleness)
        self._repeat_failures()
        # No name: EventBridge Scheduler deletes a group some time after it says so, and until then its name is taken.
        # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html
        self._group = scheduler.CfnScheduleGroup(self, "Schedules")
        self._role = self._scheduler_role()
        tick = self._at("Tick", expression=TICK, event={"action": "reconcile"}, time_zone="UTC")
        self.alarm = self._alarm()
        # The topic's policy, not the topic: its subscriptions are below it.
        topic_policy = self.topic.node.find_child("Policy")
        self.parts = DependencyGroup(self.function, self._dead_letters, topic_policy, tick, self.alarm)

    def open_and_close(self, name: str, throughput: str, schedule: Mapping[str, Any]) -> list[scheduler.CfnSchedule]:
        """Wake the function when a window of `schedule` opens and when it closes, on its time zone's wall clock."""
        begin, end = schedule["from"], schedule["to"]
        shift = 0 if end > begin else 1
        ends = [DAYS[(DAYS.index(day) + shift) % 7] for day in schedule["days"]]
        event = {"action": "reconcile", "name": throughput}
        return [
            self._at(f"{name}{edge}", expression=_cron(days, wall), event=event, time_zone=schedule["time_zone"])
            for edge, days, wall in (("Opens", schedule["days"], begin), ("Closes", ends, end))
        ]

    def _function(self, throughputs: Sequence[ThroughputTarget], *, watches_idleness: bool) -> PythonFunction:
        function = PythonFunction(
            self,
            "Function",
            data_packages=["tzdata"],
            handler="provisioned_throughput_controller.handler.handler",
            description="Releases provisioned throughput and buys it back",
            timeout=Duration.minutes(15),
            environment={
                KIT_DEPLOYMENT: self._kit_deployment,
                THROUGHPUTS: json.dumps([target.name for target in throughputs]),
                TOPIC_ARN: self.topic.topic_arn,
            },
            service_models=["bedrock"],
        )
        stack = cdk.Stack.of(self)
        settings = parameter_arn(stack, parameters.throughput_settings(self._kit_deployment, parameters.ANY))
        statements = [
            iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn]),
            iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[settings]),
            *throughput_statements(stack, self._kit_deployment, throughputs),
        ]
        if watches_idleness:
            statements += idleness_statements(stack, self._kit_deployment)
        for statement in statements:
            function.add_to_role_policy(statement)
        named = [resource for statement in statements for resource in statement.resources]
        assert isinstance(function.role, iam.Role)  # PythonFunction makes one
        acknowledge_wildcards(function.role, named, reason=WILDCARD_REASON)
        return function

    def _topic(self, notify: Sequence[str]) -> sns.Topic:
        topic = alarm_topic(self, "Notices", display_name=f"{self._kit_deployment} capacity")
        for address in dict.fromkeys(notify):
            self.subscriptions[address] = topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge(queue, "AwsSolutions-SQS3", reason="It is the dead-letter queue")
        return queue

    def _repeat_failures(self) -> None:
        """A budget sends its stop once: Lambda repeats a failed event, then keeps it in the dead-letter queue."""
        self.function.add_to_role_policy(
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._dead_letters.queue_arn])
        )
        config = self.function.node.find_child("EventInvokeConfig").node.default_child
        assert isinstance(config, lambda_.CfnEventInvokeConfig)
        config.maximum_retry_attempts = 2
        config.destination_config = lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
            on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=self._dead_letters.queue_arn)
        )

    def _scheduler_role(self) -> iam.Role:
        """EventBridge Scheduler names the ARN of the schedule group as its source, not the schedule's."""
        stack = cdk.Stack.of(self)
        source = {"aws:SourceAccount": stack.account, "aws:SourceArn": self._group.attr_arn}
        role = iam.Role(
            self,
            "SchedulerRole",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions={"StringEquals": source}),
            description="EventBridge Scheduler wakes the capacity function",
        )
        invoke = iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])
        keep = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._dead_letters.queue_arn])
        self._role_policy = iam.Policy(self, "SchedulerPolicy", statements=[invoke, keep], roles=[role])
        return role

    def _at(
        self, construct_id: str, *, expression: str, event: Mapping[str, str], time_zone: str
    ) -> scheduler.CfnSchedule:
        # Below the group: a schedule cannot change its group, so another group needs schedules with other logical ids.
        schedule = scheduler.CfnSchedule(
            self._group,
            construct_id,
            group_name=self._group.ref,
            schedule_expression=expression,
            schedule_expression_timezone=time_zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.function.function_arn,
                role_arn=self._role.role_arn,
                input=json.dumps(event),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self._dead_letters.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=900, maximum_retry_attempts=5
                ),
            ),
        )
        schedule.node.add_dependency(self._role_policy)
        return schedule

    def _alarm(self) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            "Failed",
            alarm_description=(
                "Provisioned throughput could not be released or bought back: it may be billed though nobody wants it. "
                "See the function's log and kit capacity."
            ),
            metric=self.function.metric_errors(period=Duration.minutes(15)),
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(self.topic))
        return alarm


def _cron(days: Sequence[str], wall: str) -> str:
    hour, minute = (int(part) for part in wall.split(":"))
    ordered = [day.upper() for day in DAYS if day in days]
    return f"cron({minute} {hour} ? * {','.join(ordered)} *)"
