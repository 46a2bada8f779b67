"""The collector has time and disk for the largest dataset, and ends before its caller gives up."""

from aws_cdk.assertions import Template

from bedrock_constructs.customization.collector import DatasetCollector, DatasetSource
from bedrock_constructs.training_data_bucket import TrainingDataBucket
from custom_resources.handler import HAND_OVER_SECONDS
from tests.bedrock_constructs.customization.customization_stack import empty_stack


def template(*sources: DatasetSource) -> Template:
    stack = empty_stack()
    bucket = TrainingDataBucket(stack, "Data", removal="retain", allow_data_deletion=False).bucket
    DatasetCollector(stack, "Collector", bucket=bucket, sources=sources)
    return Template.from_stack(stack)


def test_it_ends_before_the_function_that_waits_for_it() -> None:
    (function,) = [
        item["Properties"]
        for item in template().find_resources("AWS::Lambda::Function").values()
        if item["Properties"]["Handler"] == "customization.handlers.collect_data.handler"
    ]

    assert function["Timeout"] < 900 - HAND_OVER_SECONDS
    assert function["EphemeralStorage"] == {"Size": 10_240}


def test_without_sources_it_reads_its_own_bucket_only() -> None:
    policies = template().find_resources("AWS::IAM::Policy").values()

    resources = [
        str(statement["Resource"])
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "s3:" in str(statement["Action"])
    ]
    assert len(resources) >= 4
    assert all("DataBucket" in resource for resource in resources)
