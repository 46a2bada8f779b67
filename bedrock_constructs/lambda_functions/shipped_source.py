"""The source of a module as it is shipped: without docstrings, which are a sixth of a zip.

Lines stay where they are, so a traceback of a function names the lines of the repository. Docstrings are cut out by
their position, so every version of Python ships the same text; `ast.unparse` would write another one in each.
"""

import ast
from collections.abc import Iterator
from functools import cache

_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache  # most functions share most modules
def shipped_source(text: str) -> str:
    lines = text.split("\n")
    for statement, alone in _docstrings(ast.parse(text)):
        first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
        rest = f'{" " * statement.col_offset}""' if alone else ""
        lines[first:last] = [rest, *[""] * (last - first - 1)]
    return "\n".join(lines)


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.stmt, bool]]:
    """Each docstring, and whether it is all that its class or function has."""
    for node in ast.walk(tree):
        if isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
            yield node.body[0], len(node.body) == 1 and not isinstance(node, ast.Module)
