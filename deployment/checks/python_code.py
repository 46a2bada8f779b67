"""Faults of code that becomes a Lambda function: its files and its handler."""

import ast
from collections.abc import Iterator
from pathlib import Path

from deployment.sections.python_code import code_files


def function_faults(where: str, code: Path, handler: str, *, fix: str) -> Iterator[str]:
    """At most one fault of the setting `where`. `fix`: what to do if the handler is not in the code."""
    if not code.exists():
        yield f"{where}: {code} does not exist; name a Python file or a folder"
        return
    module, _, function = handler.rpartition(".")
    name = f"{module.replace('.', '/')}.py"
    source = code_files(code).get(name)
    if source is None:
        yield f"{where}: the handler {handler} needs {name}, which is not there; {fix}"
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"{where}: {name}:{error.lineno}: {error.msg}; correct the file"
        return
    if function not in _names(tree):
        yield f"{where}: {name} defines no {function}; define it, or {fix}"


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
