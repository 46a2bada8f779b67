"""Reads from a cloud assembly which stacks the app has: those of deployment.toml, and those you added to app.py."""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple


class StackName(NamedTuple):
    region: str
    name: str


def stacks_in(assembly: Path) -> set[StackName] | None:
    """The stacks of the assembly in this folder, with those of its stages; None if there is no assembly."""
    manifest = assembly / "manifest.json"
    if not manifest.is_file():
        return None
    found: set[StackName] = set()
    for key, artifact in json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            region = artifact["environment"].rpartition("/")[2]
            found.add(StackName(region, properties.get("stackName", key)))
        elif artifact["type"] == "cdk:cloud-assembly":
            found |= stacks_in(assembly / properties["directoryName"]) or set()
    return found


def forget(assembly: Path) -> None:
    """So that an assembly that is there after a deploy was made by it."""
    (assembly / "manifest.json").unlink(missing_ok=True)


def content_of(assembly: Path) -> str:
    """Another synthesis into the same folder, such as that of another environment, has another one."""
    found = hashlib.sha256()
    for file in sorted((*assembly.glob("*.json"), *assembly.glob("assembly-*/*.json"))):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def templates_in(assembly: Path) -> dict[StackName, dict[str, Any]]:
    """The templates of the assembly's stacks, with those of its stages, in the order of the manifest."""
    found: dict[StackName, dict[str, Any]] = {}
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    for key, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack" and "templateFile" in properties:
            name = StackName(artifact["environment"].rpartition("/")[2], properties.get("stackName", key))
            found[name] = json.loads((assembly / properties["templateFile"]).read_text(encoding="utf-8"))
        elif artifact["type"] == "cdk:cloud-assembly":
            found |= templates_in(assembly / properties["directoryName"])
    return found
