"""The arrows between the rooms (docs/architecture.md), read from the imports."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LAMBDA_PACKAGES = (
    "custom_resources",
    "customization",
    "inference_api",
    "knowledge_base_ingestion",
    "provisioned_throughput_controller",
)
ROOMS = (
    "app",
    "kit_contract",
    "deployment",
    "stacks",
    "bedrock_constructs",
    "model_catalog",
    "training_data",
    "billed_resources",
    "local_aws",
    "kit",
    *LAMBDA_PACKAGES,
)
ARROWS = {
    "app": {"stacks", "deployment"},
    "deployment": {"model_catalog", "training_data"},
    "stacks": {"bedrock_constructs", "deployment", "model_catalog"},
    "bedrock_constructs": set(),
    "model_catalog": set(),
    "training_data": set(),
    "billed_resources": {"model_catalog"},
    "local_aws": set(),
    "kit": {"model_catalog", "training_data", "billed_resources", "local_aws", "deployment"},
    "customization": {"training_data"},
    "provisioned_throughput_controller": {"custom_resources"},
}
# The arrows between the packages and modules inside a room, longest prefix first; a module that is not named here may
# import everything in its room.
INNER_ARROWS = {
    "custom_resources.framework": set[str](),
    "custom_resources.account": {"custom_resources.framework"},
    "custom_resources.provisioned_throughput": {"custom_resources.framework", "custom_resources.account"},
    "custom_resources.bucket_objects": {"custom_resources.framework"},
    "custom_resources.custom_model_deployment": {"custom_resources.framework", "custom_resources.account"},
    "custom_resources.customization_start": {"custom_resources.framework"},
    "custom_resources.model_access": {"custom_resources.framework"},
}
PURE = (
    "lifecycle.py",
    "properties.py",
    "request.py",
    "retry_policy.py",
    "chat_completions.py",
    "checks.py",
    "records.py",
    "errors.py",
    "routes.py",
)


def _files(room: str) -> list[Path]:
    if room == "app":
        return [PROJECT / "app.py"]
    folder = PROJECT / ("lambda" if room in LAMBDA_PACKAGES else "") / room
    return sorted(folder.rglob("*.py"))


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


@pytest.mark.parametrize("package", INNER_ARROWS)
def test_a_package_imports_only_where_an_arrow_points(package: str) -> None:
    room, _, name = package.partition(".")
    files = [path for path in _files(room) if name in (path.stem, path.parent.name)]
    assert files, f"no files in {package}"

    for path in files:
        for module in _modules(path):
            if module.startswith(f"{room}."):
                allowed = {package, *INNER_ARROWS[package]}
                within = any(f"{module}.".startswith(f"{arrow}.") for arrow in allowed)
                assert within, f"{path.relative_to(PROJECT)} imports {module}: no arrow from {package}"


def _modules(path: Path) -> set[str]:
    """Full names; `from a import b` may import the module a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            nested = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= nested if "." not in node.module else {node.module}
    return names


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
