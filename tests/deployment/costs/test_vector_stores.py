"""What a store costs while nobody asks, and that what is billed by the hour is not billed by the search as well."""

from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig
from deployment.costs.estimate import idle
from deployment.costs.inference_api import Traffic
from deployment.costs.knowledge_base import knowledge_base_groups
from deployment.costs.lines import total
from tests.price_list import price_list, row

OPENSEARCH = {"store": "opensearch-serverless"}
OCU = row("ocu_hour", 0.5, "hour", service="opensearch-serverless")


def config(folder: Path, **named: dict[str, Any]) -> DeploymentConfig:
    (folder / "a.md").write_text("Descale the kettle.", encoding="utf-8")
    shared = {"documents": folder, "model": "amazon.nova-micro-v1:0"}
    sections = {name: shared | item for name, item in named.items()}
    deployment = {"name": "sup", "region": "us-east-1"}
    return DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": sections})


def hours(given: DeploymentConfig, folder: Path) -> list[float | None]:
    with price_list(folder, [OCU]):
        return [line.usd for line in idle(given).lines if line.part == "OpenSearch Serverless"]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"ka": {}}, []),
        ({"ka": OPENSEARCH}, [0.5 * 730]),
        ({"ka": OPENSEARCH, "kb": OPENSEARCH, "kc": {}}, [0.5 * 730]),  # collections share the capacity
        ({"ka": OPENSEARCH, "kb": OPENSEARCH | {"standby_replicas": True}}, [2 * 0.5 * 730]),
    ],
)
def test_the_capacity_of_all_collections_is_one_line(
    tmp_path: Path, named: dict[str, dict[str, Any]], expected: list[float]
) -> None:
    assert hours(config(tmp_path, **named), tmp_path) == expected


def test_an_unknown_price_is_at_least(tmp_path: Path) -> None:
    with price_list(tmp_path, [row("storage", 1.0, "GB-month", service="s3")]):
        group = idle(config(tmp_path, ka=OPENSEARCH))

    assert group.at_least
    assert total([group]).startswith("at least")


def test_only_s3_vectors_bills_writes_and_searches(tmp_path: Path) -> None:
    given = config(tmp_path, ka={}, kb=OPENSEARCH)
    by_store = {
        name: {
            line.part
            for group in knowledge_base_groups(given, Traffic(1, 1, 1))
            if name in group.name
            for line in group.lines
        }
        for name in ("knowledge_bases.ka.", "knowledge_bases.kb.")
    }
    billed = {"vectors written", "vector queries", "vectors searched"}

    assert billed <= by_store["knowledge_bases.ka."]
    assert not billed & by_store["knowledge_bases.kb."]


def test_a_search_goes_through_the_vectors_and_not_through_their_text(tmp_path: Path) -> None:
    (searched,) = [
        line
        for group in knowledge_base_groups(config(tmp_path, ka={"dimensions": 512}), Traffic(10, 1, 1))
        for line in group.lines
        if line.part == "vectors searched"
    ]

    assert searched.what == "10 x 2,048 bytes"  # one passage


def test_an_existing_one_costs_its_answers_only(tmp_path: Path) -> None:
    section = {"existing": "KB12345678", "model": "amazon.nova-micro-v1:0"}
    deployment = {"name": "sup", "region": "us-east-1"}
    given = DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": {"theirs": section}})

    assert [group.name for group in knowledge_base_groups(given, Traffic(1, 1, 1))] == [
        "knowledge_bases.theirs.requests"
    ]
    assert not [line for line in idle(given).lines if line.part.startswith("vectors")]
