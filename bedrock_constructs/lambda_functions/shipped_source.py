"""The source of a module as it is shipped: without docstrings, which are a sixth of a zip.

Lines stay where they are, so a traceback of a function names the lines of the repository. Docstrings are cut out by
their position, so every version of Python ships the same text; `ast.unparse` would write another one in each.
"""

import ast
from collections.abc import Iterator

_WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def without_docstrings(text: str, tree: ast.Module) -> str:
    """`tree` is that of `text`."""
    lines = text.split("\n")
    for statement, alone in _docstrings(tree):
        first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
        rest = f'{" " * statement.col_offset}""' if alone else ""
        lines[first:last] = [rest, *[""] * (last - first - 1)]
    return "\n".join(lines)


def statements_of(node: ast.AST) -> Iterator[ast.AST]:
    """What can hold statements, one level below `node`. Expressions, nine in ten of all nodes, hold none."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        yield from getattr(node, name, ())


def _docstrings(node: ast.AST) -> Iterator[tuple[ast.stmt, bool]]:
    """Each docstring, and whether it is all that its class or function has."""
    if isinstance(node, _WITH_DOCSTRING) and ast.get_docstring(node, clean=False) is not None:
        yield node.body[0], len(node.body) == 1 and not isinstance(node, ast.Module)
    for child in statements_of(node):
        yield from _docstrings(child)
