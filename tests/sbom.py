"""Run by `make sbom`: a CycloneDX bill of what the kit installs (the lock files) and ships (code of its functions)."""

import base64
import json
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from bedrock_constructs.lambda_functions.code_zip import content_hash
from kit_contract.version import VERSION
from tests.synthesized import PROJECT, folder_of, synthesized

# Deploys one of everything.
CONFIG = "tests/stacks/full.toml"
# Lock file -> whether a deploy needs it. The others hold tests, lint, optional commands and the embedded AWS.
LOCK_FILES = {
    "requirements.txt": True,
    "requirements-setup.txt": True,
    "requirements-dev.txt": False,
    "requirements-nightly.txt": False,
    "requirements-optional.txt": False,
    "local_aws/requirements.txt": False,
    "tests/clients/requirements.txt": False,
}
NODE_LOCK_FILES = {
    "package-lock.json": ComponentScope.REQUIRED,
    "tests/clients/npm/package-lock.json": ComponentScope.EXCLUDED,
}
PINNED = re.compile(r"^([\w.-]+)==([^\s;\\]+)[^\n]*((?:\n\s+--hash=sha256:[0-9a-f]{64}(?: \\)?)+)", re.MULTILINE)
FOUND_IN = "bedrock-kit:lock-file"
CONTENT_HASH = "bedrock-kit:content-sha256"  # a zip's own hash differs with the zlib that made it
# Folder in a zip -> the package that it is copied from.
COPIED = {"service_models/": "botocore", "tzdata/": "tzdata"}


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / ".local" / "sbom.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    bom = bill()
    path.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n", encoding="utf-8")
    print(f"{len(bom.components)} components in {path}")


def bill() -> Bom:
    bom = Bom()
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    kit = Component(name=project["name"], version=VERSION, type=ComponentType.APPLICATION, bom_ref="kit")
    kit.licenses.add(DisjunctiveLicense(id=project["license"]))
    bom.metadata.component = kit
    python = python_packages()
    node, functions = list(node_packages()), list(function_zips())
    for component in (*python.values(), *node, *(function for function, _ in functions)):
        bom.components.add(component)
    needed = [item for item in (*python.values(), *node) if item.scope is ComponentScope.REQUIRED]
    bom.register_dependency(kit, [*needed, *(function for function, _ in functions)])
    for function, packages in functions:
        bom.register_dependency(function, [python[_key(name, locked_version(name))] for name in packages])
    return bom


def python_packages() -> dict[str, Component]:
    """Package URL -> component, of all lock files. Versions of one package may differ between environments."""
    found: dict[str, Component] = {}
    for file, needed in LOCK_FILES.items():
        for name, version, hashes in PINNED.findall((PROJECT / file).read_text(encoding="utf-8")):
            key = _key(name, version)
            component = found.setdefault(key, _python_package(name, version, hashes))
            component.properties.add(Property(name=FOUND_IN, value=file))
            if needed:
                component.scope = ComponentScope.REQUIRED
    return found


def _python_package(name: str, version: str, hashes: str) -> Component:
    url = PackageURL("pypi", name=name, version=version)
    files = [HashType(alg=HashAlgorithm.SHA_256, content=value) for value in re.findall("[0-9a-f]{64}", hashes)]
    locked = ExternalReference(type=ExternalReferenceType.DISTRIBUTION, url=XsUri(str(url)), hashes=files)
    return Component(
        name=name,
        version=version,
        purl=url,
        bom_ref=str(url),
        scope=ComponentScope.EXCLUDED,
        external_references=[locked],
    )


def _key(name: str, version: str) -> str:
    return str(PackageURL("pypi", name=name, version=version))


def locked_version(name: str) -> str:
    """Of requirements.txt."""
    pinned = PINNED.findall((PROJECT / "requirements.txt").read_text(encoding="utf-8"))
    return str(next(version for found, version, _ in pinned if found == name))


def node_packages() -> Iterator[Component]:
    """Of every lock file; a package that is in several places counts once."""
    found: dict[str, Component] = {}
    for file, scope in NODE_LOCK_FILES.items():
        lock = json.loads((PROJECT / file).read_text(encoding="utf-8"))
        for path, package in lock["packages"].items():
            if path:
                component = _node_package(path, package, file, scope)
                found.setdefault(str(component.purl), component)
    yield from found.values()


def _node_package(path: str, package: dict[str, str], file: str, scope: ComponentScope) -> Component:
    namespace, _, name = path.rpartition("node_modules/")[2].rpartition("/")
    url = PackageURL("npm", namespace=namespace or None, name=name, version=package["version"])
    algorithm, _, digest = package["integrity"].partition("-")
    assert algorithm == "sha512"
    component = Component(
        name=name,
        group=namespace or None,
        version=package["version"],
        purl=url,
        bom_ref=str(url),
        scope=scope,
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())],
        properties=[Property(name=FOUND_IN, value=file)],
    )
    if license_name := package.get("license"):
        several = " " in license_name
        component.licenses.add(LicenseExpression(license_name) if several else DisjunctiveLicense(id=license_name))
    return component


def function_zips() -> Iterator[tuple[Component, list[str]]]:
    """The code of every function that a deployment can have, and the packages that parts of it come from."""
    seen = set()
    for template in synthesized(CONFIG).values():
        for resource in template["Resources"].values():
            properties = resource["Properties"] if resource["Type"] == "AWS::Lambda::Function" else {}
            key = properties.get("Code", {}).get("S3Key", "")
            if key and key not in seen:
                seen.add(key)
                yield _function(key, properties["Handler"], properties["Runtime"])


def _function(key: str, handler: str, runtime: str) -> tuple[Component, list[str]]:
    asset = folder_of(CONFIG) / f"asset.{key.removesuffix('.zip')}"
    archive = asset.with_name(f"{asset.name}.zip")
    ours = archive.is_file()
    component = Component(
        name=handler if ours else f"aws-cdk-lib {handler}",
        type=ComponentType.APPLICATION,
        bom_ref=f"function:{key}",
        scope=ComponentScope.REQUIRED,
        properties=[Property(name="bedrock-kit:runtime", value=runtime)],
    )
    if not ours:  # a folder of the CDK, which its CLI zips
        return component, ["aws-cdk-lib"]
    with zipfile.ZipFile(archive) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    component.properties.add(Property(name=CONTENT_HASH, value=content_hash(files)))
    return component, [package for folder, package in COPIED.items() if any(name.startswith(folder) for name in files)]


if __name__ == "__main__":
    main()
