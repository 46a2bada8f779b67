"""Partitions of Regions against botocore's data, and no partition written out in the product's sources."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from botocore.loaders import Loader

from kit_contract.partitions import partition_of

PROJECT = Path(__file__).resolve().parents[2]
LITERAL = re.compile(r"arn:aws(-[a-z]+)*:")
REGIONS = [
    (region, partition["id"])
    for partition in Loader().load_data("partitions")["partitions"]
    for region in partition["regions"]
    if not region.endswith("-global")
]


@pytest.mark.parametrize(("region", "partition"), REGIONS)
def test_each_region_of_botocore_is_in_its_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_botocore_knows_partitions_other_than_aws() -> None:
    assert {"aws", "aws-cn", "aws-us-gov"} <= {partition for _, partition in REGIONS}


def test_no_source_writes_out_a_partition() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=PROJECT, capture_output=True, text=True, check=True)
    sources = [name for name in listed.stdout.splitlines() if not name.startswith("tests/")]
    assert len(sources) > 100

    assert [(name, text) for name in sources for text in _strings(PROJECT / name) if LITERAL.search(text)] == []


def _strings(source: Path) -> list[str]:
    """Every string of the file, also the constant parts of f-strings."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
