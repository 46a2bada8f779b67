"""`make sbom` writes valid CycloneDX that names everything that is locked and shipped."""

import hashlib
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bedrock_constructs.inference_api.api import WRAPPER_FILE
from kit_contract.fine_tuning import BOUNDS_FILE
from kit_contract.inference_api_names import (
    ALIASES_FILE,
    AMAZON_ROOTS_FILE,
    DESCRIPTION_FILE,
    KNOWLEDGE_BASES_FILE,
)
from tests import sbom
from tests.synthesized import PROJECT, folder_of


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("sbom") / "sbom.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["sbom", str(path)])
        sbom.main()
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bill(text: str) -> dict[str, Any]:
    return dict(json.loads(text))


def components(bill: dict[str, Any], prefix: str) -> dict[str, dict[str, Any]]:
    return {item["bom-ref"]: item for item in bill["components"] if item["bom-ref"].startswith(prefix)}


def test_it_is_valid_against_the_official_schema(text: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text.replace('"application"', '"nonsense"')) is not None


def test_every_line_of_every_lock_file_is_in_it_with_its_hashes(bill: dict[str, Any]) -> None:
    files = [path.relative_to(PROJECT).as_posix() for path in PROJECT.glob("requirements*.txt")]
    assert {*files, "local_aws/requirements.txt", "tests/clients/requirements.txt"} == set(sbom.LOCK_FILES)
    python = components(bill, "pkg:pypi/")
    for file in sbom.LOCK_FILES:
        locked = (PROJECT / file).read_text(encoding="utf-8")
        pinned = re.findall(r"^([\w.-]+)==([^\s;\\]+)", locked, re.MULTILINE)
        in_file = {
            (item["name"], item["version"])
            for item in python.values()
            if {"name": sbom.FOUND_IN, "value": file} in item["properties"]
        }
        assert in_file == set(pinned)
    listed = {entry["content"] for item in python.values() for entry in item["externalReferences"][0]["hashes"]}
    assert listed == {
        value
        for file in sbom.LOCK_FILES
        for value in re.findall(r"sha256:([0-9a-f]{64})", (PROJECT / file).read_text(encoding="utf-8"))
    }


def test_what_a_deploy_needs_is_told_from_what_tests_need(bill: dict[str, Any]) -> None:
    scopes = {item["name"]: item["scope"] for item in bill["components"]}

    assert (scopes["aws-cdk-lib"], scopes["boto3"], scopes["aws-cdk"]) == ("required", "required", "required")
    assert (scopes["pytest"], scopes["hypothesis"]) == ("excluded", "excluded")


def test_every_node_package_is_in_it(bill: dict[str, Any]) -> None:
    locks = [json.loads((PROJECT / file).read_text(encoding="utf-8")) for file in sbom.NODE_LOCK_FILES]
    named = {
        (path.rpartition("node_modules/")[2], package["version"])
        for lock in locks
        for path, package in lock["packages"].items()
        if path
    }

    assert len(components(bill, "pkg:npm/")) == len(named)


def test_the_shipped_zips_hold_our_modules_and_the_named_packages_only(bill: dict[str, Any]) -> None:
    shipped = {path.name.removeprefix("asset."): path for path in folder_of(sbom.CONFIG).glob("asset.*.zip")}
    listed = {ref.removeprefix("function:"): item for ref, item in components(bill, "function:").items()}
    assert set(shipped) <= set(listed)
    depends = {item["ref"]: item.get("dependsOn", []) for item in bill["dependencies"]}
    for name, path in shipped.items():
        (digest,) = (item["value"] for item in listed[name]["properties"] if item["name"] == sbom.CONTENT_HASH)
        # The CDK hashes a custom hash again.
        assert hashlib.sha256(digest.encode()).hexdigest() == name.removesuffix(".zip")
        packages = {re.split("[/@]", ref)[1] for ref in depends[f"function:{name}"]}
        with zipfile.ZipFile(path) as archive:
            foreign = {member for member in archive.namelist() if not _is_ours(member)}
        assert {sbom.COPIED[f"{member.split('/')[0]}/"] for member in foreign} == packages
    assert any(depends[f"function:{name}"] for name in shipped)


def _is_ours(member: str) -> bool:
    """Of our sources or examples, or the settings that the synthesis writes."""
    files = (ALIASES_FILE, AMAZON_ROOTS_FILE, BOUNDS_FILE, DESCRIPTION_FILE, KNOWLEDGE_BASES_FILE, WRAPPER_FILE)
    examples = (PROJECT / "examples" / folder for folder in ("graders", "tools", "transformations"))
    return member in files or any((root / member).is_file() for root in (PROJECT, PROJECT / "lambda", *examples))
