"""Faults of synthesized templates that are too large: CloudFormation, IAM, Lambda or SSM refuses them at the deploy.

CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
SSM: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html

A state machine's definition holds more than a template.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from deployment.checks.specification_size import advice
from deployment.checks.template_values import TemplateValues
from deployment.config import ConfigError

RESOURCES, OUTPUTS, PARAMETERS, TEMPLATE_BYTES = 500, 200, 200, 1_000_000
INLINE_POLICIES, MANAGED_POLICY, MANAGED_POLICIES, TRUST_POLICY = 10_240, 6_144, 10, 2_048
ENVIRONMENT, PARAMETER_VALUE = 4_096, 4_096
# The part of deployment.toml that a stack grows with, by the end of the stack's name.
GROWS_WITH = {
    "training": "[training.customizations.*] sections",
    "provisioned-throughput": "[provisioned_throughput.*] sections",
    "knowledge-base": "[knowledge_bases.*] sections",
    "pipeline-access": "branches and tags of [pipeline.*], or name tags by a pattern such as v*",
    "inference-api": "[inference_api.aliases.*] sections, or use fewer different models",
}
SECOND = "or move some to a file with another [deployment] name (kit: --config FILE, cdk: -c config=FILE)"
Resources = Mapping[str, Mapping[str, Any]]


class Size(NamedTuple):
    """`got` of `what`, such as bytes of template; `where` is the thing that the limit is for.

    `fix` is empty where the stack grows with a part of deployment.toml.
    """

    what: str
    got: int
    allowed: int
    where: str
    fix: str = ""


def check_templates(folder: Path, file: str) -> None:
    """Raise ConfigError for the templates in the cloud assembly `folder` that AWS would refuse."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    faults: list[str] = []
    for name, artifact in manifest["artifacts"].items():
        if artifact["type"] == "aws:cloudformation:stack":
            properties = artifact["properties"]
            text = (folder / properties["templateFile"]).read_text(encoding="utf-8")
            region = str(artifact["environment"]).rpartition("/")[2]
            faults += template_faults(properties.get("stackName", name), region, text)
    if faults:
        raise ConfigError([f"{file}: {fault}" for fault in faults])


def template_faults(stack: str, region: str, text: str) -> Iterator[str]:
    """What AWS would refuse in the template `text` of `stack`."""
    for size in template_sizes(stack, region, text):
        if size.got > size.allowed:
            limit = f"{size.got:,} {size.what}, allowed: {size.allowed:,} for {size.where}"
            yield f"stack {stack}: {limit}; {size.fix or _fix(stack)}"


def template_sizes(stack: str, region: str, text: str) -> Iterator[Size]:
    """Everything in the template `text` that has a limit."""
    template = json.loads(text)
    values = TemplateValues(stack, region, template)
    resources: Resources = template.get("Resources", {})
    yield Size("resources", len(resources), RESOURCES, "a stack")
    yield Size("outputs", len(template.get("Outputs", {})), OUTPUTS, "a stack")
    yield Size("parameters", len(template.get("Parameters", {})), PARAMETERS, "a stack")
    yield Size("bytes of template", len(text.encode()), TEMPLATE_BYTES, "a stack")
    yield from _policies(resources, values)
    yield from _others(resources, values)


def _policies(resources: Resources, values: TemplateValues) -> Iterator[Size]:
    roles = [name for name, item in resources.items() if item["Type"] == "AWS::IAM::Role"]
    inline = dict.fromkeys(roles, 0)
    managed = dict.fromkeys(roles, 0)
    for name in roles:
        properties = resources[name].get("Properties", {})
        inline[name] += sum(_characters(values, item["PolicyDocument"]) for item in properties.get("Policies", []))
        managed[name] += len(properties.get("ManagedPolicyArns", []))
        trust = _characters(values, properties.get("AssumeRolePolicyDocument", ""))
        yield Size("characters of trust policy", trust, TRUST_POLICY, f"the role {name}")
    for name, item in resources.items():
        if item["Type"] not in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            continue
        size = _characters(values, item["Properties"]["PolicyDocument"])
        attached = [role for role in roles if {"Ref": role} in item["Properties"].get("Roles", [])]
        is_inline = item["Type"] == "AWS::IAM::Policy"
        for role in attached:
            inline[role] += size if is_inline else 0
            managed[role] += 0 if is_inline else 1
        if not is_inline:
            yield Size("characters of policy", size, MANAGED_POLICY, f"the managed policy {name}")
    for role in roles:
        yield Size("characters of inline policies", inline[role], INLINE_POLICIES, f"the role {role}")
        yield Size("managed policies", managed[role], MANAGED_POLICIES, f"the role {role}")


def _others(resources: Resources, values: TemplateValues) -> Iterator[Size]:
    for name, item in resources.items():
        properties = item.get("Properties", {})
        match item["Type"]:
            case "AWS::Lambda::Function":
                variables = values.resolved(properties.get("Environment", {}).get("Variables", {}))
                size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
                yield Size("bytes of environment variables", size, ENVIRONMENT, f"the function {name}")
            case "AWS::SSM::Parameter" if properties.get("Tier", "Standard") == "Standard":
                value = str(values.resolved(properties["Value"]))
                where, size = f"the parameter {properties.get('Name', name)}", len(value.encode())
                yield Size("bytes of value", size, PARAMETER_VALUE, where, advice(value))


def _characters(values: TemplateValues, document: Any) -> int:
    """IAM does not count white space."""
    return len("".join(json.dumps(values.resolved(document), separators=(",", ":"), ensure_ascii=False).split()))


def _fix(stack: str) -> str:
    what = next((what for suffix, what in GROWS_WITH.items() if stack.endswith(f"-{suffix}")), "")
    return f"remove {what}, {SECOND}" if what else "take out what you added to this stack"
