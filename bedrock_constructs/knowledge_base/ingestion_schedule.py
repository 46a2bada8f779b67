"""Looks at data sources again by schedule: EventBridge Scheduler puts a message on the ingestion queue.

The message goes the way of those of uploads: a running job is waited for, failures are repeated and reported.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class IngestionSchedules(Construct):
    """Schedules of the data sources of one knowledge base. Times are UTC."""

    def __init__(self, scope: Construct, construct_id: str, *, queue: sqs.IQueue) -> None:
        super().__init__(scope, construct_id)
        self._queue = queue
        self._group = scheduler.CfnScheduleGroup(self, "Group")
        self._role = self._scheduler_role()

    def _scheduler_role(self) -> iam.Role:
        """EventBridge Scheduler names the ARN of the schedule group as its source, not the schedule's."""
        source = {"aws:SourceAccount": cdk.Stack.of(self).account, "aws:SourceArn": self._group.attr_arn}
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions={"StringEquals": source}),
            description="EventBridge Scheduler has documents ingested again",
        )
        send = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._queue.queue_arn])
        self._policy = iam.Policy(self, "Policy", statements=[send], roles=[role])
        return role

    def add(self, construct_id: str, *, expression: str, data_source_id: str) -> scheduler.CfnSchedule:
        schedule = scheduler.CfnSchedule(
            self._group,
            construct_id,
            group_name=self._group.ref,
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self._queue.queue_arn,
                role_arn=self._role.role_arn,
                input=cdk.Stack.of(self).to_json_string({"source": "schedule", "dataSourceId": data_source_id}),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=5
                ),
            ),
        )
        schedule.node.add_dependency(self._policy)
        return schedule
