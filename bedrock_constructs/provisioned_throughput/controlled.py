"""A provisioned throughput with its controller: a schedule, an end, release when nobody calls, and notices by mail."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from bedrock_constructs.arguments import ADDRESS, check_each
from bedrock_constructs.names import deployment_name, stable_digest
from bedrock_constructs.provisioned_throughput.controller import ProvisionedThroughputController
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget
from bedrock_constructs.provisioned_throughput.settings import check_settings
from bedrock_constructs.provisioned_throughput.start import ProvisionedThroughputStart
from bedrock_constructs.provisioned_throughput.throughput import ProvisionedThroughput
from kit_contract.provisioned_throughput import (
    DEPLOYMENT_DIMENSION,
    METRIC_NAMESPACE,
    MODEL_UNITS,
    THROUGHPUT_DIMENSION,
)


class ControlledThroughput(Construct):
    """`schedule` has the keys days (mon ...), from, to (HH:MM) and time_zone: billed while it is open. `expires`: a day
    (ISO 8601) after which it is released. Without a schedule the deploy buys at once. One in a stack.

    `notify`: mail addresses that are told what is bought and released. Exposes `throughput`, `controller`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        target: ThroughputTarget,
        kit_deployment: str | None = None,
        model_units: int = 1,
        commitment_duration: str | None = None,
        schedule: Mapping[str, Any] | None = None,
        expires: str | None = None,
        release_when_idle_hours: int | None = None,
        notify: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        check_settings(
            self,
            target=target,
            model_units=model_units,
            commitment_duration=commitment_duration,
            schedule=schedule,
            expires=expires,
            release_when_idle_hours=release_when_idle_hours,
        )
        check_each("notify", notify, ADDRESS, "an email address")
        self.kit_deployment = deployment_name(self, kit_deployment)
        self._name = target.name
        self.controller = ProvisionedThroughputController(
            self,
            "Controller",
            kit_deployment=self.kit_deployment,
            throughputs=[target],
            notify=notify,
            watches_idleness=release_when_idle_hours is not None,
        )
        settings: list[Any] = [target.name, target.model_identifier, target.customization, target.alias, model_units]
        settings += [commitment_duration, dict(schedule or {}), expires, release_when_idle_hours]
        start = ProvisionedThroughputStart(
            self,
            "Start",
            function=self.controller.function,
            kit_deployment=self.kit_deployment,
            settings_hash=stable_digest(self, json.dumps(settings, sort_keys=True)),
        )
        self.throughput = ProvisionedThroughput(
            self,
            "Throughput",
            kit_deployment=self.kit_deployment,
            target=target,
            model_units=model_units,
            commitment_duration=commitment_duration,
            schedule=schedule,
            expires=expires,
            release_when_idle_hours=release_when_idle_hours,
        )
        windows = self.controller.open_and_close("Window", target.name, schedule) if schedule else []
        told = list(self.controller.subscriptions.values())
        # The throughput is deleted first: if a commitment prevents that, schedule and renewal notices stay.
        self.throughput.resource.node.add_dependency(self.controller.parts, *windows, *told)
        start.node.add_dependency(self.throughput)

    @property
    def topic(self) -> sns.ITopic:
        """What is bought and released, and what failed."""
        return self.controller.topic

    @property
    def function(self) -> lambda_.IFunction:
        """Subscribe it to a topic whose messages are to release the throughput, such as `Budget.hard_stop_topic`."""
        return self.controller.function

    def metric_model_units(self, **options: Any) -> cloudwatch.Metric:
        """The model units that are billed: the average of an hour is the part of it. `options`: of Metric."""
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=MODEL_UNITS,
            dimensions_map={DEPLOYMENT_DIMENSION: self.kit_deployment, THROUGHPUT_DIMENSION: self._name},
            statistic="Average",
            period=Duration.hours(1),
        ).with_(**options)
