"""A controlled throughput knows the metric that its controller sends."""

import aws_cdk as cdk

from bedrock_constructs.operations.signals import model_units
from bedrock_constructs.provisioned_throughput.controlled import ControlledThroughput
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget


def test_its_metric_is_that_of_the_dashboard() -> None:
    stack = cdk.Stack(cdk.App(), "Shop", env=cdk.Environment(account="111122223333", region="us-east-1"))
    target = ThroughputTarget("shop-reserve", model_identifier="amazon.nova-micro-v1:0:128k")
    throughput = ControlledThroughput(stack, "Capacity", kit_deployment="shop", target=target)

    metric = throughput.metric_model_units(statistic="Maximum")

    (shown,) = model_units("shop", ["shop-reserve"])
    assert isinstance(shown, cdk.aws_cloudwatch.Metric)
    assert (metric.namespace, metric.metric_name, metric.dimensions) == (
        *(shown.namespace, shown.metric_name, shown.dimensions),
    )
    assert metric.statistic == "Maximum"
