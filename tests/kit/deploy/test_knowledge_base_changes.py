"""What a deploy says of the knowledge bases that it replaces: why, and what the new and the old one cost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.config import load_deployment_config
from kit.deploy.knowledge_base_changes import tell_knowledge_base_changes
from tests.deployment_file import HEAD

SECTION = '[knowledge_base]\ndocuments = "documents"\nmodel = "amazon.nova-micro-v1:0"\n'
FIXED = {
    "chunkingStrategy": "FIXED_SIZE",
    "fixedSizeChunkingConfiguration": {"maxTokens": 300, "overlapPercentage": 20},
}
NEVER = 999  # ended
OUTPUTS = {"KnowledgeBaseId": "OLD1234567", "DataSourceId": "OLDSOURCE1"}


class Bedrock:
    """The deployed knowledge base, with the defaults of a section."""

    def __init__(self) -> None:
        self.store, self.dimensions, self.chunking = "S3_VECTORS", 1024, FIXED
        self.gone = False
        self.minutes: dict[str, list[int]] = {"OLDSOURCE1": []}  # of the jobs of each data source

    def get_knowledge_base(self, knowledgeBaseId: str) -> dict[str, Any]:
        if self.gone:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetKnowledgeBase")
        if self.store == "MANAGED":  # which tells neither a storage nor a model
            return {"knowledgeBase": {"knowledgeBaseConfiguration": {"type": "MANAGED"}}}
        embedding = {"bedrockEmbeddingModelConfiguration": {"dimensions": self.dimensions}}
        model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
        vectors = {"embeddingModelArn": model, "embeddingModelConfiguration": embedding}
        configuration = {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vectors}
        storage = {"type": self.store}
        return {"knowledgeBase": {"knowledgeBaseConfiguration": configuration, "storageConfiguration": storage}}

    def get_data_source(self, knowledgeBaseId: str, dataSourceId: str) -> dict[str, Any]:
        return {"dataSource": {"vectorIngestionConfiguration": {"chunkingConfiguration": self.chunking}}}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=getattr(self, f"_{operation}"))

    def _list_data_sources(self, knowledgeBaseId: str) -> list[dict[str, Any]]:
        return [{"dataSourceSummaries": [{"dataSourceId": name}]} for name in self.minutes]

    def _list_ingestion_jobs(self, knowledgeBaseId: str, dataSourceId: str) -> list[dict[str, Any]]:
        begun = datetime(2026, 11, 1, tzinfo=UTC)
        return [
            {
                "ingestionJobSummaries": [
                    {"status": status, "startedAt": begun, "updatedAt": begun + timedelta(0, 60 * m)}
                ]
            }
            for m in self.minutes[dataSourceId]
            for status in ["FAILED" if m == NEVER else "COMPLETE"]
        ]


Tell = Callable[..., list[str]]


@pytest.fixture
def bedrock() -> Bedrock:
    return Bedrock()


@pytest.fixture
def tell(bedrock: Bedrock, tmp_path: Path) -> Tell:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "beans.md").write_text("# Beans\n" + "Roasted beans stay fresh. " * 400)

    def told(section: str = "", outputs: dict[str, str] = OUTPUTS) -> list[str]:
        file = tmp_path / "deployment.toml"
        file.write_text(HEAD + SECTION + section, encoding="utf-8")
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        stacks = SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [{"Outputs": listed}]})
        clients = {"cloudformation": stacks, "bedrock-agent": bedrock}
        lines: list[str] = []
        tell_knowledge_base_changes(load_deployment_config(file), clients.__getitem__, lines.append)
        return lines

    return told


def test_nothing_is_said_of_what_stays(tell: Tell) -> None:
    assert tell() == []


def test_nothing_is_said_before_the_first_deploy(tell: Tell) -> None:
    assert tell('store = "opensearch-serverless"\n', {}) == []


def test_what_was_deleted_by_hand_is_left_to_the_look_at_deleted_resources(tell: Tell, bedrock: Bedrock) -> None:
    bedrock.gone = True

    assert tell("dimensions = 512\n") == []


def test_another_store_is_told_with_both_prices(tell: Tell) -> None:
    first, filling, held = tell('store = "opensearch-serverless"\ndimensions = 512\n')

    assert first == (
        "[knowledge_base] is made anew beside the old one: store s3-vectors -> opensearch-serverless, "
        "dimensions 1024 -> 512"
    )
    assert "all documents are embedded again: USD 0.0" in filling
    assert "the old one (s3-vectors) answers until the new one is filled; then the deploy removes it: USD 0.0" in held


def test_an_old_collection_costs_its_least_capacity_until_it_is_removed(tell: Tell, bedrock: Bedrock) -> None:
    bedrock.store = "OPENSEARCH_SERVERLESS"

    (held,) = [line for line in tell() if "the old one" in line and "answers" in line]

    assert "the old one (opensearch-serverless)" in held
    assert held.endswith("USD at least 0.24 an hour")  # nobody knows the price of its storage


def test_a_cluster_that_stays_is_told(tell: Tell, bedrock: Bedrock) -> None:
    bedrock.store = "RDS"

    assert any("its cluster stays" in line and "kit reap" in line for line in tell())
    assert not any("its cluster stays" in line for line in tell('removal = "destroy"\n'))


def test_a_managed_one_stays_until_another_store_is_chosen(tell: Tell, bedrock: Bedrock) -> None:
    bedrock.store = "MANAGED"

    assert tell('store = "managed"\n') == []
    first, _, held, *_ = tell("dimensions = 512\n")
    assert first == "[knowledge_base] is made anew beside the old one: store managed -> s3-vectors"
    assert "the old one (managed) answers until the new one is filled" in held

    bedrock.store = "S3_VECTORS"
    assert tell('store = "managed"\n')[0].endswith(": store s3-vectors -> managed")


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ("chunk_max_tokens = 100\n", "chunking"),
        ('chunking = "hierarchical"\n', "chunking"),
        ('chunking = "semantic"\n', "chunking"),
        ('chunking = "none"\n', "chunking"),
        ('[knowledge_base.parsing]\nmodel = "us.amazon.nova-lite-v1:0"\n', "parsing"),
    ],
)
def test_another_reading_is_told(tell: Tell, section: str, what: str) -> None:
    assert tell(section)[0] == f"[knowledge_base] is made anew beside the old one: {what}"


def test_hierarchical_chunks_that_stay_are_no_change(tell: Tell, bedrock: Bedrock) -> None:
    sizes = [{"maxTokens": 1500}, {"maxTokens": 300}]
    settings = {"levelConfigurations": sizes, "overlapTokens": 60}
    bedrock.chunking = {"chunkingStrategy": "HIERARCHICAL", "hierarchicalChunkingConfiguration": settings}

    assert tell('chunking = "hierarchical"\n') == []


def test_what_cannot_be_filled_in_an_hour_is_warned_of(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.costs.replaced_knowledge_base.TOKENS_PER_MINUTE", 10)

    warning = tell("dimensions = 512\n")[-1]
    assert re.match(r"  warning: filling \[knowledge_base\] takes \d{3,} minutes or more, and CloudFormation", warning)
    assert "Make another section beside it instead" in warning


@pytest.mark.parametrize(
    ("minutes", "warned"),
    [
        ({"OLDSOURCE1": [3, 58], "SITE": [1]}, False),
        ({"OLDSOURCE1": [3], "SITE": [75, 2]}, True),
        ({"OLDSOURCE1": [NEVER]}, False),
    ],
)
def test_a_longer_ingestion_before_is_warned_of(
    tell: Tell, bedrock: Bedrock, minutes: dict[str, list[int]], warned: bool
) -> None:
    """Buckets and web sites have no size in the folder."""
    bedrock.minutes = minutes

    assert ("filling [knowledge_base] took 75 minutes before" in tell("dimensions = 512\n")[-1]) == warned
    assert tell() == []


def test_without_the_right_to_see_jobs_the_rest_is_told(
    tell: Tell, bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> Any:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListDataSources")

    monkeypatch.setattr(bedrock, "get_paginator", refuse)

    assert "USD" in tell("dimensions = 512\n")[-1]


def test_what_is_filled_together_shares_the_quota(
    tell: Tell, bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = '[knowledge_bases.wiki]\ndocuments = "documents"\nmodel = "amazon.nova-micro-v1:0"\ndimensions = 512\n'
    outputs = OUTPUTS | {f"Wiki{name}": value for name, value in OUTPUTS.items()}
    monkeypatch.setattr("deployment.costs.replaced_knowledge_base.TOKENS_PER_MINUTE", 60)

    assert "warning" not in tell("dimensions = 512\n")[-1]
    assert "filling [knowledge_base], [knowledge_bases.wiki] takes" in tell("dimensions = 512\n" + another, outputs)[-1]


def test_a_refused_look_is_a_warning(tell: Tell, bedrock: Bedrock, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: str) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetKnowledgeBase")

    monkeypatch.setattr(bedrock, "get_knowledge_base", refuse)

    (line,) = tell()
    assert line.startswith("warning: which knowledge bases the deploy replaces is unknown: ")
