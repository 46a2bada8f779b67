"""Sources in other buckets: one data source a prefix, the role's rights, and what starts their ingestion."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import build_app
from deployment.config import DeploymentConfig
from tests.synthesized import PROJECT

SECTION = {"documents": PROJECT / "examples/support/documents", "model": "amazon.nova-micro-v1:0"}
FLAGS = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]


def synthesized(*prefixes: str, **settings: Any) -> dict[str, Any]:
    source = {"kind": "s3", "bucket": "manuals", "prefixes": list(prefixes), **settings}
    deployment = {"name": "src", "region": "us-east-1", "account": "111122223333"}
    sections = {"deployment": deployment, "knowledge_base": {**SECTION, "sources": {"manuals": source}}}
    app = build_app(cdk.App(context=FLAGS), DeploymentConfig.model_validate(sections))
    stack = app.node.find_child("src-knowledge-base")
    assert isinstance(stack, cdk.Stack)
    return dict(Template.from_stack(stack).to_json()["Resources"])


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: item for name, item in resources.items() if item["Type"] == kind}


@pytest.fixture(scope="module")
def two() -> dict[str, Any]:
    return synthesized("en/", "de/", schedule="rate(1 day)", account="444455556666")


def data_sources(resources: dict[str, Any]) -> dict[str, Any]:
    found = of_type(resources, "AWS::Bedrock::DataSource")
    return {name: item["Properties"] for name, item in found.items() if "Source" in name and "DataSource" not in name}


def test_each_prefix_is_a_data_source_of_the_owners_bucket(two: dict[str, Any]) -> None:
    places = [item["DataSourceConfiguration"]["S3Configuration"] for item in data_sources(two).values()]

    assert sorted(place["InclusionPrefixes"] for place in places) == [["de/"], ["en/"]]
    assert {place["BucketOwnerAccountId"] for place in places} == {"444455556666"}
    names = {item["Name"] for item in data_sources(two).values()}
    assert len(names) == 2


def test_a_whole_bucket_has_no_prefix_and_our_account() -> None:
    (item,) = data_sources(synthesized()).values()

    place = item["DataSourceConfiguration"]["S3Configuration"]
    assert "InclusionPrefixes" not in place
    assert place["BucketOwnerAccountId"] == "111122223333"


def test_a_prefix_that_goes_leaves_the_others_alone(two: dict[str, Any]) -> None:
    fewer = synthesized("de/", schedule="rate(1 day)", account="444455556666")

    (name,) = data_sources(fewer)
    assert data_sources(two)[name] == data_sources(fewer)[name]


def test_a_deploy_and_the_schedule_name_the_data_source(two: dict[str, Any]) -> None:
    starts = of_type(two, "Custom::BedrockIngestionStart")
    schedules = of_type(two, "AWS::Scheduler::Schedule")
    named = {item["Properties"]["DataSourceId"]["Fn::GetAtt"][0] for item in starts.values()}

    assert set(data_sources(two)) < named
    assert len(schedules) == 2
    for item in schedules.values():
        assert item["Properties"]["ScheduleExpression"] == "rate(1 day)"
        assert item["Properties"]["FlexibleTimeWindow"] == {"Mode": "OFF"}
        before, attribute, _ = item["Properties"]["Target"]["Input"]["Fn::Join"][1]
        assert before == '{"source":"schedule","dataSourceId":"'
        assert attribute["Fn::GetAtt"][0] in data_sources(two)
        # Nothing may start another job while the stack's deletion waits for the last one.
        assert set(starts) & set(item["DependsOn"])


def test_without_a_schedule_nothing_is_scheduled() -> None:
    assert of_type(synthesized("en/"), "AWS::Scheduler::ScheduleGroup") == {}
