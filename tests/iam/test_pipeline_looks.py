"""What `kit diff`, `kit deploy` and `kit drift` look at: each role may take each look of their source, and what
CloudFormation's drift detection reads of each type is allowed, or the type is named as one that it does not know."""

import ast
import re
from pathlib import Path

import boto3
import pytest
from botocore import xform_name
from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from bedrock_constructs.pipelines.drift_reads import DRIFT_READS
from tests.iam import pipeline_template
from tests.iam.cases import REGION
from tests.iam.simulator import as_list
from tests.synthesized import synthesized

LOOKING = (  # modules of kit/ that ask AWS what somebody deleted or changed by hand
    "deleted_resources",
    "invocation_logging",
    "missing_documents",
    "model_agreements",
    "training_look",
    "vector_stores",
    "deploy/effects/of_training",
    "deploy/knowledge_base_changes",
)
PREFIXES = {
    "bedrock": "bedrock",
    "bedrock-agent": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "cloudformation": "cloudformation",
    "opensearchserverless": "aoss",
    "rds": "rds",
    "s3": "s3",
    "s3vectors": "s3vectors",
    "ssm": "ssm",
    "stepfunctions": "states",
}
LISTS_OBJECTS = {"s3:ListObjectsV2": "s3:ListBucket"}


def _looks() -> list[set[str]]:
    """Of each client method that these modules name, the action: of several services, if they have the same method."""
    operations: dict[str, set[str]] = {}
    for service, prefix in PREFIXES.items():
        for name in boto3.client(service, region_name="us-east-1").meta.service_model.operation_names:
            action = f"{prefix}:{name}"
            operations.setdefault(xform_name(name), set()).add(LISTS_OBJECTS.get(action, action))
    trees = [ast.parse(Path(f"kit/{module}.py").read_text(encoding="utf-8")) for module in LOOKING]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    names |= {str(node.value) for node in nodes if isinstance(node, ast.Constant)}  # of get_paginator
    return [operations[name] for name in sorted(names & operations.keys())]


@pytest.mark.parametrize("kind", ["Diff", "Drift", "Deploy"])
def test_each_role_may_take_each_look(kind: str) -> None:
    statements = pipeline_template.roles()[f"GitHub{kind}"].statements
    allowed = {action for statement in statements for action in as_list(statement["Action"])}

    looks = _looks()
    assert {"bedrock:GetPrompt", "bedrock:GetInferenceProfile", "s3:ListBucket"} <= set().union(*looks)
    assert [look for look in looks if not look & allowed] == []


@pytest.fixture(scope="module")
def types() -> set[str]:
    configs = [*Path("tests/stacks").glob("*.toml"), Path("tests/iam/deployment.toml")]
    return {
        resource["Type"]
        for config in configs
        if config.stem != "pipeline"  # the stacks of which `kit drift` looks at are in others
        for template in synthesized(config.as_posix()).values()
        for resource in template["Resources"].values()
    }


def test_drift_detection_reads_what_the_schemas_of_the_kits_types_say(types: set[str]) -> None:
    needed = {action for one in types for action in _reads(one)}
    data = {"secretsmanager:GetSecretValue", "ssm:GetParameters", "s3:GetObject"}
    never = {"iam:PassRole", "kms:Decrypt", "kms:GenerateDataKey"}

    assert needed - data - never - set(DRIFT_READS) == set()
    assert not set(DRIFT_READS) & (data | never)


def test_what_drift_detection_does_not_compare_is_named(types: set[str]) -> None:
    """A new type without a read handler has to be written about."""
    page = Path("docs/pipelines.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+::\w+(?:::\w+)?)`", page.partition("### kit drift")[2].partition("\n## ")[0]))

    assert named == {one for one in types if not _reads(one)}


def _reads(resource_type: str) -> list[str]:
    """The permissions of the read handler: none of a type that drift detection does not know."""
    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return []
    return as_list(schema.get("handlers", {}).get("read", {}).get("permissions", []))
