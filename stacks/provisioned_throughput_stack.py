"""Provisioned throughput, which is billed by the hour: in a stack of its own, so that you can destroy it alone."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from bedrock_constructs.provisioned_throughput.controller import ProvisionedThroughputController
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget
from bedrock_constructs.provisioned_throughput.start import ProvisionedThroughputStart
from bedrock_constructs.provisioned_throughput.throughput import ProvisionedThroughput
from deployment.config import DeploymentConfig
from deployment.sections.provisioned_throughput import ProvisionedThroughput as Section
from kit_contract.parameters import capacity_alarm, hard_stop_topic
from kit_contract.stacks import CAPACITY_FUNCTION_OUTPUT
from stacks.parameter_value import parameter_value, publish


class ProvisionedThroughputStack(cdk.Stack):
    """A message to `hard_stop_topic` releases every throughput that has no commitment."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: DeploymentConfig,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        sections = config.provisioned_throughput
        targets = {name: _target(config, name, item) for name, item in sections.items()}
        capacity = ProvisionedThroughputController(
            self,
            "Capacity",
            kit_deployment=config.deployment.name,
            throughputs=list(targets.values()),
            notify=[address for item in sections.values() for address in item.notify],
            watches_idleness=any(item.release_when_idle_hours for item in sections.values()),
        )
        if config.budget and config.budget.hard_stop:
            topic_arn = parameter_value(self, "HardStopTopicArn", hard_stop_topic(config.deployment.name))
            topic = sns.Topic.from_topic_arn(self, "HardStopTopic", topic_arn)
            subscription = topic.add_subscription(subscriptions.LambdaSubscription(capacity.function))
            resource = subscription.node.default_child
            assert isinstance(resource, sns.CfnSubscription)
            resource.add_property_deletion_override("Region")  # the CDK names it for topics of another stack
        start = ProvisionedThroughputStart(
            self,
            "CapacityStart",
            function=capacity.function,
            kit_deployment=config.deployment.name,
            settings_hash=_hash_of(sections),
        )
        for name, item in sections.items():
            construct_name = "".join(part.capitalize() for part in name.split("-"))
            if self.node.try_find_child(construct_name):  # a section named "capacity" meets the controller's id
                construct_name += "Throughput"
            schedule = item.schedule.model_dump(by_alias=True) if item.schedule else None
            throughput = ProvisionedThroughput(
                self,
                construct_name,
                kit_deployment=config.deployment.name,
                target=targets[name],
                model_units=item.model_units,
                commitment_duration=None if item.commitment == "none" else item.commitment,
                schedule=schedule,
                expires=item.expires.isoformat() if item.expires else None,
                release_when_idle_hours=item.release_when_idle_hours,
                accepted_hourly_cost_usd=item.accept_hourly_cost_usd,
                throughputs=[target.name for target in targets.values()] if item.model else (),
            )
            windows = capacity.open_and_close(construct_name, targets[name].name, schedule) if schedule else []
            told = [capacity.subscriptions[address] for address in dict.fromkeys(item.notify)]
            # The throughput is deleted first: if a commitment prevents that, schedule and renewal notices stay.
            throughput.resource.node.add_dependency(capacity.parts, *windows, *told)
            start.node.add_dependency(throughput)
        if config.operations:
            publish(self, "AlarmName", capacity_alarm(config.deployment.name), capacity.alarm.alarm_name)
        cdk.CfnOutput(self, CAPACITY_FUNCTION_OUTPUT, value=capacity.function.function_name)
        cdk.CfnOutput(self, "CapacityTopicArn", value=capacity.topic.topic_arn)


def _hash_of(sections: Mapping[str, Section]) -> str:
    wanted = {name: item.model_dump(mode="json") for name, item in sections.items()}
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def _target(config: DeploymentConfig, name: str, item: Section) -> ThroughputTarget:
    return ThroughputTarget(
        name=config.provisioned_model_name(name),
        model_identifier=item.model,
        customization=item.customization,
        alias=item.alias,
        model_key=config.training.model_key(item.customization) if config.training and item.customization else None,
    )
