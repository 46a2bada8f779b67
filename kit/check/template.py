"""Reads the templates of a cloud assembly, and which findings the app accepts for which resource."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit_contract.errors import InputError

ACKNOWLEDGED = "aws:cdk:acknowledged-rules"  # written by Validations.of(construct).acknowledge()
LOGICAL_ID = "aws:cdk:logicalId"
PLUGIN = re.compile(r"^[^:\[\]]+::")  # of "Annotation::AwsSolutions-S1", not of "AwsSolutions-IAM5[Resource::*]"
DEFAULT_REGION = "us-east-1"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    """`accepted`: logical id -> rules that the app accepts for this resource."""

    stack: str
    region: str
    path: Path
    body: Json
    accepted: Mapping[str, frozenset[str]]

    def resources(self, *types: str) -> Iterator[tuple[str, Json]]:
        """Logical id and properties of the resources of these types; of all without `types`."""
        for logical_id, resource in section(self.body, "Resources"):
            properties = resource.get("Properties")
            if not types or resource.get("Type") in types:
                yield logical_id, properties if isinstance(properties, dict) else {}

    def accepts(self, rule: str, resource: str) -> bool:
        """A rule with brackets is accepted as printed; what cdk-nag 2 wrote without `applies_to` covers all of it."""
        accepted = self.accepted.get(resource, frozenset())
        return rule in accepted or f"{rule.partition('[')[0]}[]" in accepted


def section(body: Json, name: str) -> Iterator[tuple[str, Json]]:
    """The entries of a section of a template, without those that are no objects."""
    entries = body.get(name)
    for key, value in entries.items() if isinstance(entries, dict) else ():
        if isinstance(value, dict):
            yield key, value


def templates_in(assembly: Path) -> list[Template]:
    """Every template of the assembly: of its stacks, their nested stacks, and its stages."""
    manifest = assembly / "manifest.json"
    if not manifest.is_file():
        raise InputError(
            f"{assembly} is no cloud assembly: it has no manifest.json; name the folder that cdk synth wrote"
        )
    found: list[Template] = []
    region = DEFAULT_REGION
    for key, artifact in _read(manifest).get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "aws:cloudformation:stack":
            region = _region(artifact.get("environment", ""))
            path = assembly / properties["templateFile"]
            found.append(_template(properties.get("stackName", key), region, path, _metadata(assembly, artifact)))
        elif artifact["type"] == "cdk:cloud-assembly":
            found += templates_in(assembly / properties["directoryName"])
    for path in sorted(assembly.glob("*.nested.template.json")):
        found.append(_template(path.name.removesuffix(".nested.template.json"), region, path, {}))
    return found


def missing_lookups(assembly: Path) -> list[str]:
    """Context that the app looks up in AWS and did not have: its templates hold dummy values."""
    return [str(item.get("key", "")) for item in _read(assembly / "manifest.json").get("missing", [])]


def _template(stack: str, region: str, path: Path, metadata: Json) -> Template:
    body = _read(path)
    accepted = _acknowledged(metadata)
    for logical_id, resource in section(body, "Resources"):
        accepted.setdefault(logical_id, set()).update(_suppressed(resource))
    return Template(stack, region, path, body, {key: frozenset(value) for key, value in accepted.items()})


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is not JSON: {error}; synthesize the app again") from None
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no JSON object; synthesize the app again")
    return value


def _region(environment: str) -> str:
    region = environment.rpartition("/")[2]
    return DEFAULT_REGION if region in ("", "unknown-region") else region


def _metadata(assembly: Path, artifact: Json) -> Json:
    """Construct path -> entries: in the manifest, or in a file beside it since CDK 2.2xx."""
    if "additionalMetadataFile" in artifact:
        return _read(assembly / artifact["additionalMetadataFile"])
    metadata: Json = artifact.get("metadata", {})
    return metadata


def _acknowledged(metadata: Json) -> dict[str, set[str]]:
    """An acknowledgment holds for its construct and what is below it."""
    scopes: dict[str, set[str]] = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == ACKNOWLEDGED:
                scopes.setdefault(path, set()).update(PLUGIN.sub("", rule) for rule in entry.get("data") or {})
    found: dict[str, set[str]] = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry.get("type") == LOGICAL_ID:
                rules = (rules for scope, rules in scopes.items() if f"{path}/".startswith(f"{scope}/"))
                found.setdefault(str(entry.get("data")), set()).update(*rules)
    return found


def _suppressed(resource: Json) -> Iterator[str]:
    """What a resource's Metadata accepts: cfn-lint's `ignore_checks`, and NagSuppressions of cdk-nag 2."""
    metadata = resource.get("Metadata")
    if not isinstance(metadata, dict):
        return
    match metadata.get("cfn-lint"):
        case {"config": {"ignore_checks": list(rules)}}:
            yield from map(str, rules)
    match metadata.get("cdk_nag"):
        case {"rules_to_suppress": list(items)}:
            yield from (rule for item in items if isinstance(item, dict) for rule in _suppressed_by_nag(item))


def _suppressed_by_nag(item: Json) -> Iterator[str]:
    rule, applies = str(item.get("id", "")), item.get("applies_to")
    yield rule
    if applies is None:
        yield f"{rule}[]"
    elif isinstance(applies, list):
        yield from (f"{rule}[{one}]" for one in applies if isinstance(one, str))
