"""Each example of docs/constructs.md is synthesized, and each construct has one."""

import shutil
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

import bedrock_constructs
from kit_contract.places import SOURCES
from tests.docs.pages import Block, blocks

EXAMPLES = [block for block in blocks() if block.page == "docs/constructs.md" and block.language == "python"]
# Shown with words: what they take is for those who write the parts themselves, or they are arguments of others.
IN_WORDS = {"AuroraPostgresql", "CustomizationWorkflow", "Reading", "S3Vectors", "ServedAlias"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the examples name."""
    support = SOURCES / "examples" / "support"
    shutil.copytree(support / "documents", tmp_path / "documents")
    shutil.copy(support / "chat.jsonl", tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda block: f"line {block.line}")
@pytest.mark.usefixtures("folder")
def test_an_example_is_synthesized(example: Block) -> None:
    names: dict[str, Any] = {"stack": cdk.Stack(cdk.App(), "Example")}

    exec(compile(example.text, f"{example.page}:{example.line}", "exec"), names)

    assert Template.from_stack(names["stack"]).to_json()["Resources"]


@pytest.mark.parametrize("name", sorted(set(bedrock_constructs.__all__) - IN_WORDS))
def test_each_public_name_has_an_example(name: str) -> None:
    assert getattr(bedrock_constructs, name).__name__ == name
    assert any(name in example.text for example in EXAMPLES)
