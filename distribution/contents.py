"""The files of the wheel: constructs and the package as modules, the functions' sources and the documents as data."""

from collections.abc import Iterator
from pathlib import Path

from bedrock_constructs.lambda_functions.sources import source_files
from distribution.imports import PACKAGE, rewritten, with_installed_commands

CONSTRUCTS = "bedrock_constructs"
ROOMS = (
    "app",
    "kit_contract",
    "deployment",
    "stacks",
    "kit",
    "model_catalog",
    "training_data",
    "billed_resources",
    "local_aws",
    "examples",
)
DATA = (
    "cdk.json",
    "package.json",
    "package-lock.json",
    "docs/openapi.json",
    "docs/openapi-fine-tuning.json",
    "docs/deployment.schema.json",
)
SOURCES_OF_FUNCTIONS = "lambda"
_INIT = '"""Amazon Bedrock in your own AWS account: the kit, its command and its stacks."""\n'
_MAIN = f'''"""`python -m {PACKAGE}`: the same as `bedrock-kit`."""

import sys

from {PACKAGE}.kit.__main__ import main

sys.exit(main())
'''


def wheel_files(root: Path) -> dict[str, bytes]:
    """Path in the wheel -> content."""
    files = {f"{name}/py.typed": b"" for name in (CONSTRUCTS, PACKAGE)}
    files[f"{PACKAGE}/__init__.py"] = _INIT.encode()
    files[f"{PACKAGE}/__main__.py"] = _MAIN.encode()
    for name, content in _room_files(root, CONSTRUCTS):
        files[name] = content
    for room in ROOMS:
        files |= {f"{PACKAGE}/{name}": content for name, content in _room_files(root, room)}
    files |= {f"{PACKAGE}/{name}": (root / name).read_bytes() for name in DATA}
    return dict(sorted((files | _function_files(root)).items()))


def _room_files(root: Path, room: str) -> Iterator[tuple[str, bytes]]:
    for path in _files(root / room) if (root / room).is_dir() else [root / f"{room}.py"]:
        content = path.read_bytes()
        if path.suffix == ".py":
            text = rewritten(content.decode(), ROOMS, root)
            # The constructs' texts are in templates, which are the same from everywhere.
            content = (text if room == CONSTRUCTS else with_installed_commands(text)).encode()
        yield path.relative_to(root).as_posix(), content


def _function_files(root: Path) -> dict[str, bytes]:
    """As they are shipped to Lambda, where the rooms are at the top: those modules that a function imports."""
    found: dict[str, bytes] = {}
    for path in _files(root / SOURCES_OF_FUNCTIONS):
        if path.suffix == ".py":
            module = ".".join(path.relative_to(root / SOURCES_OF_FUNCTIONS).with_suffix("").parts)
            for name, file in source_files(module.removesuffix(".__init__")).items():
                found[f"{PACKAGE}/{SOURCES_OF_FUNCTIONS}/{name}"] = file.read_bytes()
        else:
            found[f"{PACKAGE}/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
