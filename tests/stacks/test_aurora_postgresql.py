"""A knowledge base in Aurora PostgreSQL: its resources, what a change replaces, and what stays when it is removed."""

import json
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion

from app import build_app
from deployment.config import DeploymentConfig
from tests.synthesized import PROJECT, synthesized, without_hashes

KINDS = ("AWS::RDS::", "AWS::EC2::", "AWS::SecretsManager::", "AWS::Bedrock::KnowledgeBase", "Custom::PgVectorTable")


@cache
def resources(**settings: Any) -> dict[str, dict[str, Any]]:
    section = {
        "documents": PROJECT / "examples/support/documents",
        "model": "amazon.nova-micro-v1:0",
        "store": "aurora-postgresql",
        **settings,
    }
    deployment = {"name": "aurora", "region": "us-east-1", "account": "111122223333", "allow_data_deletion": True}
    config = DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": {"library": section}})
    flags = json.loads((PROJECT / "cdk.json").read_text(encoding="utf-8"))["context"]
    stack = build_app(cdk.App(context=flags), config).node.find_child("aurora-knowledge-base")
    assert isinstance(stack, cdk.Stack)
    found: dict[str, dict[str, Any]] = Template.from_stack(stack).to_json()["Resources"]
    return {name: item for name, item in found.items() if item["Type"].startswith(KINDS)}


def of(kind: str, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (item,) = (item for item in found.values() if item["Type"] == kind)
    return item


def test_snapshot(snapshot: SnapshotAssertion) -> None:
    template = without_hashes(synthesized("tests/stacks/aurora_postgresql.toml")["aurora-knowledge-base"])
    kept = {name: item for name, item in template["Resources"].items() if item["Type"].startswith(KINDS)}

    assert json.dumps(kept, indent=1, sort_keys=True) == snapshot


def test_the_cluster_names_no_minor_version() -> None:
    """AWS retires minors, and upgrades clusters past the one in the template: the next would fail to deploy."""
    assert of("AWS::RDS::DBCluster", resources())["Properties"]["EngineVersion"] == "17"


@pytest.mark.parametrize("change", [{"dimensions": 512}, {"embedding_model": "cohere.embed-english-v3"}])
def test_other_vectors_have_a_table_beside_the_old_one_in_the_same_cluster(change: dict[str, Any]) -> None:
    before, after = resources(), resources(**change)
    table, other = (of("Custom::PgVectorTable", found)["Properties"] for found in (before, after))
    bases = [of("AWS::Bedrock::KnowledgeBase", found)["Properties"]["Name"] for found in (before, after)]

    assert table["Table"] != other["Table"]  # the physical id: CloudFormation makes the new one first
    assert bases[0] != bases[1]
    assert of("AWS::RDS::DBCluster", before) == of("AWS::RDS::DBCluster", after)


def test_data_to_keep_keeps_its_cluster_and_all_that_the_cluster_needs() -> None:
    for name, item in resources().items():
        if not item["Type"].startswith(("Custom::", "AWS::Bedrock::")):
            assert item["DeletionPolicy"] == "RetainExceptOnCreate", name
    assert of("Custom::PgVectorTable", resources())["Properties"]["DeleteData"] == "false"


def test_data_that_may_go_goes_with_the_stack() -> None:
    found = resources(removal="destroy")

    assert {item.get("DeletionPolicy") for item in found.values()} <= {"Delete", None}
    assert of("Custom::PgVectorTable", found)["Properties"]["DeleteData"] == "true"


def test_a_cluster_in_given_subnets_has_no_network_of_its_own() -> None:
    network = {"subnet_ids": ["subnet-0a", "subnet-0b"], "security_group_ids": ["sg-0a"]}
    found = resources.__wrapped__(aurora_postgresql={**network, "min_capacity": 0.5, "max_capacity": 8})
    cluster = of("AWS::RDS::DBCluster", found)["Properties"]

    assert not [item for item in found.values() if item["Type"].startswith("AWS::EC2::")]
    assert of("AWS::RDS::DBSubnetGroup", found)["Properties"]["SubnetIds"] == network["subnet_ids"]
    assert cluster["VpcSecurityGroupIds"] == ["sg-0a"]
    assert cluster["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 8}


def test_the_table_waits_for_the_instance_and_keeps_its_rights_until_it_is_deleted() -> None:
    template = synthesized("tests/stacks/aurora_postgresql.toml")["aurora-knowledge-base"]["Resources"]
    (table,) = (item for item in template.values() if item["Type"] == "Custom::PgVectorTable")
    (instance,) = (name for name, item in template.items() if item["Type"] == "AWS::RDS::DBInstance")
    rights = [name for name in table["DependsOn"] if "rds-data:ExecuteStatement" in json.dumps(template[name])]

    assert instance in table["DependsOn"]
    assert [template[name]["Type"] for name in rights] == ["AWS::IAM::Policy"]
