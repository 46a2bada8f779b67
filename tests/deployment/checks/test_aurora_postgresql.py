"""Faults and costs of a knowledge base in Aurora PostgreSQL."""

from pathlib import Path
from typing import Any

import pytest

from deployment.checks.aurora_postgresql import aurora_postgresql_faults
from deployment.config import DeploymentConfig
from deployment.costs.inference_api import Traffic
from deployment.costs.knowledge_base import knowledge_base_groups, storage_lines


def config(folder: Path, **section: Any) -> DeploymentConfig:
    given = {"documents": folder, "model": "amazon.nova-micro-v1:0", "store": "aurora-postgresql", **section}
    deployment = {"name": "sup", "region": "us-east-1"}
    return DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": {"library": given}})


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"dimensions": 3072}, "dimensions: an HNSW index of pgvector takes at most 2,000, got 3,072"),
        (
            {"aurora_postgresql": {"min_capacity": 8}},
            "aurora_postgresql.min_capacity: must be at most max_capacity (4)",
        ),
        (
            {"aurora_postgresql": {"min_capacity": 1, "pause_seconds": 600}},
            "aurora_postgresql.pause_seconds: only a min_capacity of 0 pauses, got 1",
        ),
        (
            {"aurora_postgresql": {"subnet_ids": ["subnet-0a", "subnet-0b"]}},
            "aurora_postgresql.security_group_ids: miss",
        ),
        ({"aurora_postgresql": {"security_group_ids": ["sg-0a"]}}, "aurora_postgresql.subnet_ids: missing beside"),
        (
            {"aurora_postgresql": {"subnet_ids": ["subnet-0a"] * 2, "security_group_ids": ["sg-0a"]}},
            "aurora_postgresql.subnet_ids: must be in 2 Availability Zones",
        ),
        ({"store": "s3-vectors", "aurora_postgresql": {"max_capacity": 8}}, "aurora_postgresql: only store"),
    ],
)
def test_each_fault_names_its_setting(tmp_path: Path, settings: dict[str, Any], fault: str) -> None:
    (found,) = aurora_postgresql_faults(config(tmp_path, **settings).knowledge_bases["library"])

    assert found.startswith(fault)


def test_the_defaults_have_no_fault(tmp_path: Path) -> None:
    assert list(aurora_postgresql_faults(config(tmp_path).knowledge_bases["library"])) == []


@pytest.mark.parametrize(("least", "usd"), [(0, 0.0), (0.5, 0.5 * 730 * 0.12)])
def test_idle_costs_come_first_and_use_is_shown_apart(tmp_path: Path, least: float, usd: float) -> None:
    (tmp_path / "a.md").write_text("x" * 100_000, encoding="utf-8")
    given = config(tmp_path, aurora_postgresql={"min_capacity": least})

    capacity, secrets, stored = storage_lines(given)
    groups = {group.name: group for group in knowledge_base_groups(given, Traffic(100, 100, 100))}

    assert capacity.part == "vectors library, capacity"
    assert capacity.usd == pytest.approx(usd)
    assert secrets.what.startswith("2 secrets")
    assert "Aurora PostgreSQL" in stored.what
    assert groups["knowledge_bases.library.capacity"].usd == pytest.approx(4 * 0.12)
    parts = [line.part for group in groups.values() for line in group.lines]
    assert not [part for part in parts if part in ("vectors written", "vector queries")]
