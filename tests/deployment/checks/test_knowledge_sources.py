"""Sources of a knowledge base: no document twice, and no more data sources than Bedrock allows."""

from typing import Any

import pytest
from pydantic import ValidationError

from deployment.checks.knowledge_sources import source_faults
from deployment.sections.knowledge_sources import S3Source

WHERE = "knowledge_bases.docs"


def source(*prefixes: str, bucket: str = "manuals") -> S3Source:
    return S3Source(kind="s3", bucket=bucket, prefixes=list(prefixes))


def test_sources_that_share_nothing_are_fine() -> None:
    sources = {"a": source("one/", "two/"), "b": source("three/"), "c": source(bucket="other")}

    assert list(source_faults(WHERE, sources)) == []


@pytest.mark.parametrize(
    ("sources", "named"),
    [
        ({"a": source("one/"), "b": source("one/deep/")}, "knowledge_bases.docs.sources.b.prefixes"),
        ({"a": source("one/", "one/")}, "knowledge_bases.docs.sources.a.prefixes"),
        ({"a": source(), "b": source("one/")}, "knowledge_bases.docs.sources.b.prefixes"),
    ],
)
def test_documents_that_two_sources_would_embed_are_a_fault(sources: dict[str, S3Source], named: str) -> None:
    (fault,) = source_faults(WHERE, sources)

    assert fault.startswith(f"{named}: s3://manuals/")
    assert "overlap, so documents would be embedded and found twice" in fault


def test_each_prefix_is_a_data_source_and_five_are_too_many() -> None:
    four, five = [f"{number}/" for number in range(4)], [f"{number}/" for number in range(5)]

    assert list(source_faults(WHERE, {"a": source(*four)})) == []
    (fault,) = source_faults(WHERE, {"a": source(*five)})
    assert "Bedrock allows 5 data sources in a knowledge base" in fault
    assert "got 5;" in fault


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("bucket", "s3://manuals"),
        ("bucket", "Manuals"),
        ("prefixes", ["/manuals/"]),
        ("prefixes", ["manuals/*"]),
        ("prefixes", [""]),
        ("account", "1234"),
        ("schedule", "rate(1 days)"),
        ("schedule", "rate(5 minutes)"),
        ("schedule", "cron(0 5 * * *)"),
        ("schedule", "daily"),
    ],
)
def test_what_aws_would_refuse_or_iam_would_widen_is_refused(setting: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        S3Source.model_validate({"kind": "s3", "bucket": "manuals", setting: value})


@pytest.mark.parametrize(
    "schedule", ["rate(1 day)", "rate(12 hours)", "cron(0 5 * * ? *)", "cron(0/30 6-18 ? * MON-FRI *)"]
)
def test_rates_and_cron_expressions_are_schedules(schedule: str) -> None:
    assert S3Source(kind="s3", bucket="manuals", schedule=schedule).schedule == schedule
