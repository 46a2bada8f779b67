"""The metrics of a deployment, most of which AWS sends without a price."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from kit_contract.inference_api import PROVISIONED_THROUGHPUT
from kit_contract.inference_api_names import ANSWERS, FALLBACKS, METRIC_NAMESPACE, THROTTLES
from kit_contract.invocation_logging import METRIC_NAMESPACE as LOGGING_NAMESPACE
from kit_contract.model_arns import CUSTOM_MODEL_DEPLOYMENT, FOUNDATION_MODEL, IMPORTED_MODEL, INFERENCE_PROFILE
from kit_contract.provisioned_throughput import (
    DEPLOYMENT_DIMENSION,
    MODEL_UNITS,
    THROUGHPUT_DIMENSION,
)
from kit_contract.provisioned_throughput import METRIC_NAMESPACE as CAPACITY_NAMESPACE

PERIOD = Duration.minutes(5)
# Of the targets that answer requests: each is a value of the metrics' dimension Kind.
TARGET_KINDS = (FOUNDATION_MODEL, INFERENCE_PROFILE, CUSTOM_MODEL_DEPLOYMENT, IMPORTED_MODEL, PROVISIONED_THROUGHPUT)


@dataclass(frozen=True)
class ApiSignals:
    """`api_name` and `stage` of API Gateway's REST API.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    """

    kit_deployment: str
    api_name: str
    stage: str

    def of_gateway(self, name: str, statistic: str = "Sum", label: str | None = None) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiName": self.api_name, "Stage": self.stage},
            statistic=statistic,
            period=PERIOD,
            label=label,
        )

    @property
    def requests(self) -> cloudwatch.Metric:
        return self.of_gateway("Count", label="requests")

    @property
    def errors(self) -> cloudwatch.Metric:
        return self.of_gateway("5XXError", label="errors of the server (5xx)")

    @property
    def refused(self) -> cloudwatch.Metric:
        return self.of_gateway("4XXError", label="errors of callers (4xx)")

    def latency(self, statistic: str) -> cloudwatch.Metric:
        return self.of_gateway("Latency", statistic, label=statistic)

    @property
    def throttles(self) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=THROTTLES,
            dimensions_map={"Deployment": self.kit_deployment},
            statistic="Sum",
            period=PERIOD,
            label="throttled by Bedrock",
        )

    def answers(self, kind: str) -> cloudwatch.Metric:
        return self._by_kind(ANSWERS, kind, kind)

    def fallbacks(self, kind: str) -> cloudwatch.Metric:
        return self._by_kind(FALLBACKS, kind, f"fallbacks to {kind}")

    def _by_kind(self, name: str, kind: str, label: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=name,
            dimensions_map={"Deployment": self.kit_deployment, "Kind": kind},
            statistic="Sum",
            period=PERIOD,
            label=label,
        )


def executions(state_machine_arn: str, outcome: str) -> cloudwatch.Metric:
    """`outcome`: Started, Succeeded, Failed, TimedOut, Aborted.

    https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    """
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name=f"Executions{outcome}",
        dimensions_map={"StateMachineArn": state_machine_arn},
        statistic="Sum",
        period=PERIOD,
        label=outcome.lower(),
    )


def failed_delivery(delivery: str) -> cloudwatch.Metric:
    """Of invocation logs; `delivery` is one of kit_contract.invocation_logging.DELIVERIES.

    https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring.html#br-cloudwatch-metrics
    """
    return cloudwatch.Metric(
        namespace=LOGGING_NAMESPACE, metric_name=f"{delivery}Failure", statistic="Sum", period=PERIOD
    )


def model_units(kit_deployment: str, throughputs: Sequence[str]) -> list[cloudwatch.IMetric]:
    """The average of an hour is the part of it that was billed."""
    return [
        cloudwatch.Metric(
            namespace=CAPACITY_NAMESPACE,
            metric_name=MODEL_UNITS,
            dimensions_map={DEPLOYMENT_DIMENSION: kit_deployment, THROUGHPUT_DIMENSION: name},
            statistic="Average",
            period=Duration.hours(1),
            label=name,
        )
        for name in throughputs
    ]
