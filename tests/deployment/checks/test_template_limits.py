"""Each limit of a template by a planted one: what fits passes, one more is reported with figures and a fix."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.checks.template_limits import check_templates, template_faults, template_sizes
from deployment.config import ConfigError

REGION = "us-east-1"
ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


def _faults(resources: dict[str, Any], stack: str = "sup-training") -> list[str]:
    return list(template_faults(stack, REGION, json.dumps({"Resources": resources})))


def _document(size: int) -> dict[str, Any]:
    """A policy of exactly so many characters, white space not counted."""
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}]}
    empty = len("".join(json.dumps(document).split()))
    document["Statement"][0]["Resource"] = "x" * (size - empty)
    return document


def _policy(size: int, kind: str = "AWS::IAM::Policy", role: str = "Role") -> dict[str, Any]:
    return {"Type": kind, "Properties": {"PolicyDocument": _document(size), "Roles": [{"Ref": role}]}}


def _function(size: int) -> dict[str, Any]:
    variables = {"A": "x" * (size - len('{"A":""}'))}
    return {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}}}


def _parameter(size: int) -> dict[str, Any]:
    return {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/a", "Type": "String", "Value": "x" * size}}}


def _filled(size: int) -> dict[str, Any]:
    """A template of exactly so many bytes."""
    empty = len(json.dumps({"Resources": {"Handle": {**HANDLE, "Metadata": ""}}}))
    return {"Handle": {**HANDLE, "Metadata": "x" * (size - empty)}}


def _managed(count: int) -> dict[str, Any]:
    return {"Role": ROLE, **{f"P{number}": _policy(90, "AWS::IAM::ManagedPolicy") for number in range(count)}}


@pytest.mark.parametrize(
    ("resources", "allowed", "what"),
    [
        (lambda count: dict.fromkeys(map(str, range(count)), HANDLE), 500, "resources, allowed: 500 for a stack"),
        (
            lambda size: {"Role": {**ROLE, "Properties": {"AssumeRolePolicyDocument": _document(size)}}},
            2_048,
            "characters of trust policy, allowed: 2,048 for the role Role",
        ),
        (
            lambda size: {"Role": ROLE, "A": _policy(5_000), "B": _policy(size - 5_000)},
            10_240,
            "characters of inline policies, allowed: 10,240 for the role Role",
        ),
        (
            lambda size: {"Role": ROLE, "A": _policy(size, "AWS::IAM::ManagedPolicy")},
            6_144,
            "characters of policy, allowed: 6,144 for the managed policy A",
        ),
        (_managed, 10, "managed policies, allowed: 10 for the role Role"),
        (_function, 4_096, "bytes of environment variables, allowed: 4,096 for the function F"),
        (_parameter, 4_096, "bytes of value, allowed: 4,096 for the parameter /a"),
        (_filled, 1_000_000, "bytes of template, allowed: 1,000,000 for a stack"),
    ],
)
def test_a_limit_is_held_to_the_last_one(resources: Callable[[int], Any], allowed: int, what: str) -> None:
    assert _faults(resources(allowed)) == []

    (fault,) = _faults(resources(allowed + 1))
    assert what in fault
    assert fault.startswith("stack sup-training: ")
    assert fault.endswith(
        "; remove [training.customizations.*] sections, or move some to a file with another [deployment] name "
        "(kit: --config FILE, cdk: -c config=FILE)"
    )


@pytest.mark.parametrize("section", ["Outputs", "Parameters"])
def test_outputs_and_parameters_of_a_stack(section: str) -> None:
    def faults(count: int) -> list[str]:
        template: dict[str, Any] = {"Resources": {}, section: {str(number): {} for number in range(count)}}
        return list(template_faults("sup-training", REGION, json.dumps(template)))

    assert faults(200) == []

    (fault,) = faults(201)
    assert f"201 {section.lower()}, allowed: 200 for a stack" in fault


def test_a_policy_counts_with_what_its_references_become() -> None:
    """The names that CloudFormation chooses are longer than `{"Ref": "Key"}`; white space does not count."""
    arn = {
        "Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, {"Ref": "AWS::Region"}, {"Fn::GetAtt": ["Key", "Arn"]}]]
    }
    document = {"Statement": [{"Action": "kms: Decrypt", "Resource": arn}]}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": document}]}},
        "Key": {"Type": "AWS::KMS::Key"},
    }
    text = json.dumps({"Resources": resources})

    (got,) = [size.got for size in template_sizes("sup", REGION, text) if size.what == "characters of inline policies"]

    named = "arn:aws:us-east-1:arn:aws:KMS:us-east-1:000000000000:Key/sup-Key-000000000000"
    assert got == len(f'{{"Statement":[{{"Action":"kms:Decrypt","Resource":"{named}"}}]}}')


def test_arns_of_agents_count_with_their_longest() -> None:
    """The values of parameters are known at the deploy only; these are ARNs, the others are ids."""

    def size(parameter: str) -> int:
        variables = {"AGENTS": {"Ref": "Value"}}
        function = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}}
        template = {"Parameters": {"Value": {"Default": parameter}}, "Resources": {"Function": function}}
        sizes = template_sizes("sup", REGION, json.dumps(template))
        (got,) = [size.got for size in sizes if size.what.startswith("bytes of environment")]
        return got

    assert size("/bedrock-kit/sup/agents/support/harness") - size("/bedrock-kit/sup/knowledge-base") == 140 - 64


@pytest.mark.parametrize(
    ("stack", "fix"),
    [
        ("sup-provisioned-throughput", "remove [provisioned_throughput.*] sections, or move"),
        ("sup-inference-api", "remove [inference_api.aliases.*] sections, or use fewer different models, or move"),
        (
            "sup-pipeline-access",
            "remove branches and tags of [pipeline.*], or name tags by a pattern such as v*, or move",
        ),
        ("mine", "take out what you added to this stack"),
    ],
)
def test_the_fix_is_that_of_the_stack(stack: str, fix: str) -> None:
    (fault,) = _faults(_parameter(4_097), stack)

    assert fix in fault


def test_the_stacks_of_the_assembly_are_checked_and_no_others(tmp_path: Path) -> None:
    def stack(name: str) -> dict[str, Any]:
        file = f"{name}.template.json"
        (tmp_path / file).write_text(json.dumps({"Resources": _parameter(4_097)}), encoding="utf-8")
        properties = {"templateFile": file, "stackName": f"named-{name}"}
        environment = f"aws://unknown-account/{REGION}"
        return {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties}

    artifacts = {"one": stack("one"), "tree": {"type": "cdk:tree"}}
    stack("left-of-another-synth")
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")

    with pytest.raises(ConfigError) as error:
        check_templates(tmp_path, "deployment.toml")

    (fault,) = error.value.faults
    assert fault.startswith("deployment.toml: stack named-one: 4,097 bytes of value")
