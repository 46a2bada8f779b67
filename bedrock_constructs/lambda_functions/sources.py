"""Finds the source files of a Lambda function: its handler's module and all modules of ours that it imports.

A change to a module changes only the functions that use it. Imports are parsed, not executed; imports under
TYPE_CHECKING do not count.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from kit_contract.places import SOURCES

# Where the kit is installed, the first has all modules of the functions.
SOURCE_ROOTS = (SOURCES / "lambda", SOURCES)


def source_files(module: str) -> dict[str, Path]:
    """Path in the zip (`inference_api/handler.py`) -> file. Raises ValueError if there is no `module`."""
    if _file(module, SOURCE_ROOTS) is None:
        raise ValueError(f"handler must be in a module in lambda/ or the project's root, got {module}")
    found: dict[str, Path] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        path = _file(name, SOURCE_ROOTS)
        if path is None or path in found.values():
            continue
        root = next(root for root in SOURCE_ROOTS if path.is_relative_to(root))
        found[path.relative_to(root).as_posix()] = path
        pending += [*_packages(name), *_imported(path)]
    return dict(sorted(found.items()))


@cache  # most functions share most modules, and the sources do not change during a synth
def _file(module: str, roots: tuple[Path, ...]) -> Path | None:
    relative = Path(*module.split("."))
    candidates = [root / path for root in roots for path in (relative.with_suffix(".py"), relative / "__init__.py")]
    return next((path for path in candidates if path.is_file()), None)


def _packages(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


@cache
def _imported(path: Path) -> tuple[str, ...]:
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8"))))


def _imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from _imports(ast.Module(child.orelse, []))
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            if child.level or child.module is None:
                raise ValueError(f"imports must be absolute, got {ast.unparse(child)!r}; name the whole module")
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)  # each may be a module
        elif isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):  # expressions import nothing
            yield from _imports(child)
