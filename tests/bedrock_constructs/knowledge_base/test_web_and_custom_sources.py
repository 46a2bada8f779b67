"""Sources that are no buckets: their configuration, what ingests them, and what a change replaces."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from app import build_app
from deployment.config import DeploymentConfig
from tests.bedrock_constructs.knowledge_base.test_sources import FLAGS, SECTION, of_type

WEB = {"kind": "web", "urls": ["https://www.example.com/docs/"]}
CUSTOM = {"kind": "custom"}


def synthesized(base: dict[str, Any] | None = None, **sources: Any) -> dict[str, Any]:
    deployment = {"name": "src", "region": "us-east-1", "account": "111122223333", "allow_data_deletion": True}
    section = {**SECTION, "store": "opensearch-serverless", **(base or {}), "sources": sources}
    app = build_app(
        cdk.App(context=FLAGS),
        DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": {"docs": section}}),
    )
    stack = app.node.find_child("src-knowledge-base")
    assert isinstance(stack, cdk.Stack)
    return dict(Template.from_stack(stack).to_json()["Resources"])


@pytest.fixture(scope="module")
def both() -> dict[str, Any]:
    return synthesized(site={**WEB, "schedule": "rate(1 day)"}, notes=CUSTOM)


def source(resources: dict[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    ((logical_id, item),) = [
        (key, item) for key, item in of_type(resources, "AWS::Bedrock::DataSource").items() if f"Source{name}" in key
    ]
    return logical_id, item["Properties"]


def started(resources: dict[str, Any]) -> dict[str, Any]:
    """Logical id of each data source that a deploy ingests -> what the deploy compares."""
    starts = of_type(resources, "Custom::BedrockIngestionStart").values()
    properties = [item["Properties"] for item in starts]
    return {item["DataSourceId"]["Fn::GetAtt"][0]: item["ContentHash"] for item in properties}


def test_the_crawler_has_our_settings(both: dict[str, Any]) -> None:
    _, found = source(both, "Site")
    crawled = found["DataSourceConfiguration"]["WebConfiguration"]

    assert found["DataSourceConfiguration"]["Type"] == "WEB"
    assert crawled["SourceConfiguration"] == {"UrlConfiguration": {"SeedUrls": [{"Url": WEB["urls"][0]}]}}
    assert crawled["CrawlerConfiguration"] == {"CrawlerLimits": {"MaxPages": 1000, "RateLimit": 60}}
    every = {"scope": "subdomains", "include": ["a.*"], "exclude": ["b.*"], "user_agent": "example-docs-crawler"}
    _, chosen = source(synthesized(site={**WEB, **every}), "Site")
    assert chosen["DataSourceConfiguration"]["WebConfiguration"]["CrawlerConfiguration"] == {
        "CrawlerLimits": {"MaxPages": 1000, "RateLimit": 60},
        "Scope": "SUBDOMAINS",
        "InclusionFilters": ["a.*"],
        "ExclusionFilters": ["b.*"],
        "UserAgent": "example-docs-crawler",
    }


def test_pages_are_ingested_at_the_deploy_and_by_schedule_and_custom_documents_never(both: dict[str, Any]) -> None:
    site, notes = source(both, "Site")[0], source(both, "Notes")[0]
    (schedule,) = of_type(both, "AWS::Scheduler::Schedule").values()

    assert site in started(both)
    assert notes not in started(both)
    assert site in str(schedule["Properties"]["Target"]["Input"])
    assert source(both, "Notes")[1]["DataSourceConfiguration"] == {"Type": "CUSTOM"}


def test_another_url_is_crawled_at_the_deploy_by_the_same_data_source(both: dict[str, Any]) -> None:
    changed = synthesized(site={**WEB, "urls": ["https://www.example.com/"]}, notes=CUSTOM)
    slower = synthesized(site={**WEB, "schedule": "rate(2 days)"}, notes=CUSTOM)

    assert source(changed, "Site")[0] == source(both, "Site")[0]
    assert source(changed, "Site")[1]["Name"] == source(both, "Site")[1]["Name"]
    assert started(changed)[source(changed, "Site")[0]] != started(both)[source(both, "Site")[0]]
    assert started(slower) == started(both)


def test_another_kind_or_chunking_is_another_data_source_with_another_name(both: dict[str, Any]) -> None:
    kind, cut = synthesized(site=CUSTOM, notes=CUSTOM), synthesized({"chunk_max_tokens": 200}, site=WEB, notes=CUSTOM)

    assert source(kind, "Site")[0] != source(both, "Site")[0]
    assert source(kind, "Site")[1]["Name"] != source(both, "Site")[1]["Name"]
    assert source(cut, "Notes")[1]["Name"] != source(both, "Notes")[1]["Name"]


def test_the_role_reads_the_objects_that_may_be_put_by_address_and_no_more() -> None:
    plain = synthesized(notes=CUSTOM)
    reading = synthesized(notes={**CUSTOM, "objects": ["s3://drafts/released/"]})

    assert "drafts" not in str(plain)
    statements = [
        statement
        for item in of_type(reading, "AWS::IAM::Policy").values()
        for statement in item["Properties"]["PolicyDocument"]["Statement"]
        if "drafts" in str(statement["Resource"])
    ]
    (statement,) = [item for item in statements if item["Action"] == "s3:GetObject"]
    assert "s3:::drafts/released/*" in str(statement["Resource"])
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111122223333"}}


def depends_on(resources: dict[str, Any], name: str) -> set[str]:
    """All that CloudFormation deletes after the resource."""
    found: set[str] = set()
    left = [name]
    while left:
        text, item = str(resources[left.pop()]), left
        found |= (named := {key for key in resources if f"'{key}'" in text and key not in found})
        item += named
    return found


@pytest.mark.parametrize("store", ["s3-vectors", "opensearch-serverless", "aurora-postgresql"])
def test_documents_that_were_put_go_with_their_data_source_before_its_store(store: str) -> None:
    resources = synthesized({"store": store, "removal": "destroy"}, notes=CUSTOM)
    logical_id, found = source(resources, "Notes")

    assert found["DataDeletionPolicy"] == "DELETE"
    needed = {resources[key]["Type"] for key in depends_on(resources, logical_id)}
    stores = {
        "s3-vectors": {"AWS::S3Vectors::Index", "AWS::S3Vectors::VectorBucket"},
        "opensearch-serverless": {
            "AWS::OpenSearchServerless::Collection",
            "Custom::OpenSearchIndex",
            "AWS::OpenSearchServerless::AccessPolicy",
        },
        "aurora-postgresql": {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"},
    }
    assert stores[store] | {"AWS::IAM::Policy"} <= needed
