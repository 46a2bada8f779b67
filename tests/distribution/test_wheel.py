"""The wheel in another project: what it holds is all that there is, and its folder is read-only."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bedrock_constructs.lambda_functions.code_zip import zip_files
from distribution.contents import ROOMS
from distribution.imports import PACKAGE
from kit_contract.places import BIN, PROJECT
from kit_contract.version import VERSION
from tests.distribution.installed import build_wheel

FOREIGN_APP = Path(__file__).parent / "foreign_app"
PROJECT_FILE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
QUIET = {"JSII_NODE": str(BIN / "node"), "CDK_VALIDATION": "false", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the pinned backend, as `pip wheel` does: no network, no environment of its own."""
    built = build_wheel(tmp_path_factory.mktemp("wheel"))
    assert built.name == f"bedrock_deployment_kit-{VERSION}-py3-none-any.whl"
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its contents in a folder that nobody can write to."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    yield folder
    for path in folders:
        path.chmod(0o755)


def test_every_room_is_in_the_wheel_and_functions_are_as_they_are_shipped(wheel: Path) -> None:
    files = contents_of(wheel)
    handler, metadata = "lambda/inference_api/handler.py", f"bedrock_deployment_kit-{VERSION}.dist-info"

    assert {Path(name).parts[0] for name in files} == {"bedrock_constructs", PACKAGE, metadata}
    assert files[f"{PACKAGE}/{handler}"] == (PROJECT / handler).read_bytes()
    assert files[f"{PACKAGE}/lambda/kit_contract/errors.py"] == (PROJECT / "kit_contract/errors.py").read_bytes()
    assert [room for room in ROOMS if not any(name.startswith(f"{PACKAGE}/{room}") for name in files)] == []
    assert {"bedrock_constructs/py.typed", f"{PACKAGE}/py.typed", f"{PACKAGE}/cdk.json"} <= files.keys()


def test_a_foreign_app_is_synthesized_with_the_wheel_alone(site: Path, tmp_path: Path) -> None:
    project, before = tmp_path / "shop", contents(site)
    shutil.copytree(FOREIGN_APP, project)

    run(sys.executable, "app.py", "assembly", cwd=project, PYTHONPATH=str(site))

    template = json.loads((project / "assembly" / "Shop.template.json").read_text(encoding="utf-8"))
    types = {item["Type"] for item in template["Resources"].values()}
    assert {"AWS::Bedrock::KnowledgeBase", "AWS::ApiGateway::RestApi", "Custom::BedrockCustomizationStart"} <= types
    # The function's code is that of a clone: who moves from one to the other deploys nothing again.
    shipped = zip_files("knowledge_base_ingestion.handler")
    assert shipped in [contents_of(path) for path in (project / "assembly").glob("asset.*.zip")]
    assert contents(site) == before
    assert sorted(path.name for path in project.iterdir() if path.name != "__pycache__") == [
        *("app.py", "assembly", "chat.csv", "documents", "stacks")
    ]


def test_the_installed_command_runs_from_any_folder(site: Path, tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "bedrock_deployment_kit", "--version", cwd=tmp_path, PYTHONPATH=str(site))

    assert done.strip() == VERSION


def test_the_metadata_says_what_a_user_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = f"bedrock_deployment_kit-{VERSION}.dist-info"
        metadata = archive.read(f"{folder}/METADATA").decode()
        scripts = archive.read(f"{folder}/entry_points.txt").decode()

    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "bedrock-kit = bedrock_deployment_kit.kit.__main__:main" in scripts


@pytest.mark.nightly
def test_the_oldest_cdk_synthesizes_the_foreign_app(wheel: Path, tmp_path: Path) -> None:
    """The version that the metadata names; pip may choose it for an app that pins it."""
    named = next(item for item in PROJECT_FILE["project"]["dependencies"] if item.startswith("aws-cdk-lib"))
    oldest = re.findall(r">=([\d.]+)", named)[0]
    python = tmp_path / "venv" / "bin" / "python"
    run(str(BIN / "uv"), "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv"))
    packages = [str(wheel), f"aws-cdk-lib=={oldest}", *PROJECT_FILE["build-system"]["requires"]]
    run(str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(python), *packages)
    shutil.copytree(FOREIGN_APP, tmp_path / "shop")

    run(str(python), "app.py", "assembly", cwd=tmp_path / "shop")

    assert (tmp_path / "shop" / "assembly" / "Shop.template.json").is_file()


def contents_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def run(*command: str, cwd: Path = PROJECT, **environment: str) -> str:
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env={**own, **QUIET, **environment}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
