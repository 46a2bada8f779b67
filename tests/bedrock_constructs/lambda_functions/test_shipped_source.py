"""Shipped sources have no docstrings, and are otherwise those of the repository, line by line."""

import ast

import pytest

from bedrock_constructs.lambda_functions.shipped_source import without_docstrings
from bedrock_constructs.lambda_functions.sources import source_files

HANDLERS = (
    "custom_resources.handler",
    "customization.handlers.check_data",
    "customization.handlers.promote",
    "inference_api.handler",
    "knowledge_base_ingestion.handler",
    "provisioned_throughput_controller.handler",
)
SOURCE = '''"""A module.

Of two lines."""
import json  # stays


class Fault(Exception):
    """Has nothing else."""


def f(value: str = """not a docstring""") -> str:
    """Of one line."""
    """not a docstring"""
    return value
'''
SHIPPED = '''


import json  # stays


class Fault(Exception):
    ""


def f(value: str = """not a docstring""") -> str:

    """not a docstring"""
    return value
'''


def test_docstrings_become_empty_lines() -> None:
    assert without_docstrings(SOURCE, ast.parse(SOURCE)) == SHIPPED


@pytest.mark.parametrize("handler", HANDLERS)
def test_shipped_code_is_that_of_the_repository_in_the_same_lines(handler: str) -> None:
    for name, path in source_files(handler).items():
        text = path.read_text(encoding="utf-8")
        shipped = without_docstrings(text, ast.parse(text))

        assert _without_docstrings(shipped) == _without_docstrings(text), name
        assert len(shipped.split("\n")) == len(text.split("\n"))
        assert "__doc__" not in text, f"{name} reads a docstring, and zips have none"


def _without_docstrings(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The code, and where each part of it begins."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            del node.body[: ast.get_docstring(node, clean=False) is not None]
    places = [(node.lineno, node.col_offset) for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr)]
    return ast.dump(tree), places
