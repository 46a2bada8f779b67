"""Faults of code that becomes a function: its files, and the function that its handler names."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path


def code_faults(where: str, code: Path, entry_point: str, files: Callable[[], Mapping[str, bytes]]) -> Iterator[str]:
    """`where` is the setting that names `code`. `files` gives path in the zip -> content."""
    if not code.exists():
        yield f"{where}: {code} does not exist; name a Python file or a folder"
        return
    module, _, function = entry_point.rpartition(".")
    name = f"{module.replace('.', '/')}.py"
    source = files().get(name)
    if source is None:
        yield f"{where}: the handler {entry_point} needs {name}, which is not there; set handler"
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"{where}: {name}:{error.lineno}: {error.msg}; correct the file"
        return
    if function not in _names(tree):
        yield f"{where}: {name} defines no {function}; define it, or set handler to another function"


def _names(tree: ast.Module) -> set[str]:
    """Functions and variables of the module, imported ones included."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name for alias in node.names)
    return found
