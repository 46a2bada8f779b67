"""The arrows between rooms and between the packages of a room (docs/architecture.md), read from the imports."""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.arrows import ARROWS, LAMBDA_PACKAGES, ROOMS

PROJECT = Path(__file__).resolve().parents[2]
PURE = (
    "lifecycle.py",
    "properties.py",
    "request.py",
    "retry_policy.py",
    "chat_completions.py",
    "errors.py",
    "routes.py",
)


def _files(room: str) -> list[Path]:
    if room == "app":
        return [PROJECT / "app.py"]
    folder = PROJECT / ("lambda" if room in LAMBDA_PACKAGES else "") / room
    # Templates of kit init are modules of other projects.
    return sorted(path for path in folder.rglob("*.py") if "templates" not in path.parts)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_where_an_arrow_points(room: str) -> None:
    files = _files(room)
    assert files, f"no files in {room}"

    for path in files:
        wrong = _imports(path) & set(ROOMS) - {room, "kit_contract"} - ARROWS.get(room, set())
        assert not wrong, f"{path.relative_to(PROJECT)} imports {sorted(wrong)}: no arrow from {room}"


def test_pure_modules_of_the_lambda_code_do_not_import_boto3() -> None:
    pure = [path for package in LAMBDA_PACKAGES for path in _files(package) if path.name in PURE]
    assert len(pure) >= 4

    for path in pure:
        assert not _runtime_imports(path) & {"boto3", "botocore"}, path


def _runtime_imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for name in _names(node)}


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").split(".")[0]}
    return {alias.name.split(".")[0] for alias in node.names}


def test_the_lambda_folder_is_a_source_root_without_a_package_file() -> None:
    assert not (PROJECT / "lambda" / "__init__.py").exists()


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "constants", "shared", "misc"])
def test_no_file_or_folder_is_a_catch_all(name: str) -> None:
    found = [p for p in PROJECT.rglob(f"{name}*") if not set(p.parts) & {".venv", ".local", "node_modules", ".git"}]

    assert [p for p in found if p.stem == name] == []


def test_every_file_says_in_its_first_line_what_it_is_for() -> None:
    for room in ROOMS:
        for path in _files(room):
            text = path.read_text(encoding="utf-8")
            assert re.match(r'"""\S', text), f"{path.relative_to(PROJECT)} does not open with a docstring"


def _package(path: Path) -> str:
    """The package of a module: `deployment.sections`."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] or parts).removeprefix("lambda.")


def _imported_files(path: Path) -> set[Path]:
    """The files of the same room that `path` imports, without the packages that they are in."""
    room = _package(path).split(".")[0]
    root = PROJECT / ("lambda" if room in LAMBDA_PACKAGES else "")
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {root.joinpath(*name.split(".")).with_suffix(".py") for name in names if name.split(".")[0] == room}
    return {file for file in found if file.is_file()}


@pytest.mark.parametrize("room", ROOMS[1:])
def test_a_package_imports_only_where_an_arrow_points(room: str) -> None:
    for path in _files(room):
        package = _package(path)
        imported = {_package(file) for file in _imported_files(path)}
        wrong = imported - {package} - ARROWS.get(package, set())
        assert not wrong, f"{path.relative_to(PROJECT)} imports {sorted(wrong)}: no arrow from {package}"


def test_no_arrow_between_rooms_runs_back() -> None:
    graph = {room: {target for target in ARROWS.get(room, set()) if "." not in target} - {room} for room in ROOMS}

    assert _cycle(graph) == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_arrow_between_packages_runs_back(room: str) -> None:
    """A module beside a package counts by itself: what starts a room imports its packages, what they share does not."""
    graph: dict[str, set[str]] = {}
    for path in _files(room):
        targets = {_node(file) for file in _imported_files(path)}
        graph.setdefault(_node(path), set()).update(targets - {_node(path)})

    assert _cycle(graph) == []


def _node(path: Path) -> str:
    package = _package(path)
    beside_packages = any((folder / "__init__.py").is_file() for folder in path.parent.iterdir() if folder.is_dir())
    return f"{package}.{path.stem}" if beside_packages or "." not in package else package


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_arrow_is_used() -> None:
    for package, targets in ARROWS.items():
        room = package.split(".")[0]
        files = [path for path in _files(room) if "." not in package or _package(path) == package]
        rooms = {name for path in files for name in _imports(path)}
        packages = {_package(file) for path in files if _package(path) == package for file in _imported_files(path)}
        assert targets <= rooms | packages, f"{package} does not import {sorted(targets - rooms - packages)}"
