"""Finds the source files of a Lambda function: its handler's module and all modules of ours that it imports.

A change to a module changes only the functions that use it. Imports are parsed, not executed; imports under
TYPE_CHECKING do not count.
"""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bedrock_constructs.lambda_functions.shipped_source import statements_of, without_docstrings
from kit_contract.places import SOURCES

# Where the kit is installed, the first has all modules of the functions.
SOURCE_ROOTS = (SOURCES / "lambda", SOURCES)


def source_files(module: str) -> dict[str, Path]:
    """Path in the zip (`inference_api/handler.py`) -> file. Raises ValueError if there is no `module`."""
    if _file(module, SOURCE_ROOTS) is None:
        raise ValueError(f"handler must be in a module in lambda/ or the project's root, got {module}")
    found: dict[str, Path] = {}
    seen: set[str] = set()
    pending = [module]
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        path = _file(name, SOURCE_ROOTS)
        if path is None:
            continue
        root = next(root for root in SOURCE_ROOTS if path.is_relative_to(root))
        found[path.relative_to(root).as_posix()] = path
        pending += [*_packages(name), *_read(path)[0]]
    return dict(sorted(found.items()))


def shipped_source(path: Path) -> str:
    """The text of one of the files as it is shipped."""
    return _read(path)[1]


@cache  # most functions share most modules, and the sources do not change during a synth
def _file(module: str, roots: tuple[Path, ...]) -> Path | None:
    relative = module.replace(".", os.sep)
    candidates = (f"{root}{os.sep}{relative}{end}" for root in roots for end in (".py", f"{os.sep}__init__.py"))
    return next((Path(path) for path in candidates if os.path.isfile(path)), None)  # noqa: PTH113 - pathlib is slow


def _packages(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


@cache
def _read(path: Path) -> tuple[tuple[str, ...], str]:
    """What the file imports, and its text as it is shipped: the file is parsed once for both."""
    text = path.read_text(encoding="utf-8")  # with \n: Git may check out \r\n
    tree = ast.parse(text)
    return tuple(_imports(tree)), without_docstrings(text, tree)


def _imports(node: ast.AST) -> Iterator[str]:
    for child in statements_of(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            if child.level or child.module is None:
                raise ValueError(f"imports must be absolute, got {ast.unparse(child)!r}; name the whole module")
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)  # each may be a module
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            yield from _imports(ast.Module(child.orelse, []))
        else:
            yield from _imports(child)


def _is_type_checking(test: ast.expr) -> bool:
    """TYPE_CHECKING or typing.TYPE_CHECKING."""
    return getattr(test, "id", getattr(test, "attr", None)) == "TYPE_CHECKING"
