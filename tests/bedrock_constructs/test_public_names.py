"""`from bedrock_constructs import ...`: what exists at run time is what type checkers see."""

import ast
from pathlib import Path

import pytest

import bedrock_constructs


def test_the_stub_names_what_can_be_imported() -> None:
    stub = ast.parse(Path(bedrock_constructs.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imported = {
        alias.name: f"{node.module}" for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert sorted(imported) == sorted(bedrock_constructs.__all__)
    assert {name: getattr(bedrock_constructs, name).__module__ for name in imported} == imported


def test_another_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Missing'; it has Agent, "):
        bedrock_constructs.Missing  # type: ignore[attr-defined]  # noqa: B018
