"""Secrets in plain text: in environment variables, properties of custom resources, parameters and outputs."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kit.check.finding import Finding
from kit.check.rules.policy_documents import as_list, text_of
from kit.check.template import Json, Template, section

NAMES = re.compile(
    r"secret|passw(or)?d|passphrase|api_?key|private_?key|access_?key|credential|token|bearer", re.IGNORECASE
)
# Names that say where a secret is, or count something.
OTHER_NAMES = re.compile(
    r"(_|(?<=[a-z]))(arn|arns|name|names|id|ids|parameter|path|url|uri|label|stage|table|version|seconds|minutes|days"
    r"|ttl|count|limit|max|header|prefix|type|endpoint|bucket)$|^max|service_?token|tokens",
    re.IGNORECASE,
)
VALUES = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bABSK[A-Za-z0-9+/=]{20,}|\bsk-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[A-Za-z0-9_-]{30,}|\bglpat-[A-Za-z0-9_-]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.|://[^/\s:@]+:[^/\s:@]+@"
)
RESOLVED = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
NOT_SECRET = re.compile(
    r"^(arn:.*|/.*|https?://.*|[\d.,:_-]*|true|false|none|null|\{\{resolve:.*|\$\{.*)$", re.IGNORECASE
)
SHORTEST = 8
FIX = "keep it in Secrets Manager, pass the secret's ARN, and read it at run time"


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources():
        kind = str(template.body["Resources"][logical_id].get("Type", ""))
        for name, value in _variables(kind, properties):
            if why := _secret(name, value) or _resolved(value):
                reason = f"environment variable {name} {why}, readable for everyone who can describe the resource"
                yield Finding(template.stack, logical_id, "kit-secret-in-environment", reason, FIX)
        if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource":
            for name, value in _leaves(properties):
                if why := _secret(name, value):
                    reason = f"property {name} {why}, readable in the template"
                    yield Finding(template.stack, logical_id, "kit-secret-in-property", reason, FIX)
    yield from _parameters(template)
    yield from _outputs(template)


def _parameters(template: Template) -> Iterator[Finding]:
    for name, parameter in section(template.body, "Parameters"):
        if str(parameter.get("Type", "")).startswith("AWS::SSM::"):
            continue
        if why := _secret(name, parameter.get("Default")):
            reason = f"the parameter's default {why}, readable in the template"
            yield Finding(template.stack, name, "kit-secret-in-parameter", reason, FIX)
        elif NAMES.search(name) and not OTHER_NAMES.search(name) and parameter.get("NoEcho") not in (True, "true"):
            reason = "by its name a secret, and without NoEcho: everyone who can describe the stack reads it"
            yield Finding(template.stack, name, "kit-secret-in-parameter", reason, FIX)


def _outputs(template: Template) -> Iterator[Finding]:
    hidden = {name for name, item in section(template.body, "Parameters") if item.get("NoEcho") in (True, "true")}
    for name, output in section(template.body, "Outputs"):
        value = output.get("Value")
        why = _secret(name, value) or _resolved(value)
        if isinstance(value, dict) and str(value.get("Ref")) in hidden:
            why = f"shows the NoEcho parameter {value['Ref']}"
        if why:
            reason = f"the output {why}, readable for everyone who can describe the stack"
            yield Finding(template.stack, name, "kit-secret-in-output", reason, FIX)


def _secret(name: str, value: Any) -> str:
    """Why this literal is a secret; empty if it is none."""
    text = value if isinstance(value, str) else ""
    if VALUES.search(text):
        return "has the form of a secret in plain text"
    named = NAMES.search(name) and not OTHER_NAMES.search(name)
    plain = len(text) >= SHORTEST and " " not in text and not NOT_SECRET.match(text)
    return "is by its name a secret in plain text" if named and plain else ""


def _resolved(value: Any) -> str:
    return "is resolved to a secret at deployment" if RESOLVED.search(text_of(value)) else ""


def _variables(kind: str, properties: Json) -> Iterator[tuple[str, Any]]:
    """Environment variables of functions, containers, builds and AgentCore runtimes."""
    match kind:
        case "AWS::Lambda::Function":
            yield from _mapping(properties.get("Environment"), "Variables")
        case "AWS::BedrockAgentCore::Runtime":
            yield from _mapping(properties, "EnvironmentVariables")
        case "AWS::ECS::TaskDefinition":
            for container in as_list(properties.get("ContainerDefinitions")):
                yield from _pairs(container, "Environment")
        case "AWS::CodeBuild::Project":
            yield from _pairs(properties.get("Environment"), "EnvironmentVariables")


def _mapping(holder: Any, name: str) -> Iterator[tuple[str, Any]]:
    variables = holder.get(name) if isinstance(holder, dict) else None
    yield from variables.items() if isinstance(variables, dict) else ()


def _pairs(holder: Any, name: str) -> Iterator[tuple[str, Any]]:
    for item in as_list(holder.get(name)) if isinstance(holder, dict) else ():
        if isinstance(item, dict) and item.get("Type", "PLAINTEXT") == "PLAINTEXT":
            yield str(item.get("Name", "")), item.get("Value")


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value below `value` with the key that it is under."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name)
    else:
        yield name, value
