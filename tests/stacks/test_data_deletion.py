"""Data is deleted with its stack only if `removal = "destroy"` and `allow_data_deletion = true` agree."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from deployment.config import DeploymentConfig, load_deployment_config
from deployment.datasets import prepare_datasets
from stacks.knowledge_base_stack import KnowledgeBaseStack
from stacks.training_stack import TrainingStack
from tests.deployment_file import shipped_file

ENVIRONMENT = cdk.Environment(account="111122223333", region="us-east-1")
DATA = ("AWS::S3::Bucket", "AWS::S3Vectors::VectorBucket", "AWS::S3Vectors::Index")


def configured(section: str, removal: str, allowed: bool) -> DeploymentConfig:
    """The shipped deployment.toml with both settings."""
    config = load_deployment_config(shipped_file())
    deployment = config.deployment.model_copy(update={"allow_data_deletion": allowed})
    changed = getattr(config, section).model_copy(update={"removal": removal})
    return config.model_copy(update={"deployment": deployment, section: changed})


def stack_of(config: DeploymentConfig, section: str) -> cdk.Stack:
    app = cdk.App(context={"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True})
    if section == "knowledge_base":
        return KnowledgeBaseStack(app, "Test", config=config, env=ENVIRONMENT)
    return TrainingStack(app, "Test", config=config, datasets=prepare_datasets(config), env=ENVIRONMENT)


def deletes_data(resources: list[dict[str, Any]]) -> list[bool]:
    """Whether each resource that holds data is deleted with its stack."""
    policies = [(item["DeletionPolicy"], item["UpdateReplacePolicy"]) for item in resources if item["Type"] in DATA]
    # What stays with its stack still goes with a first create that failed: it would be empty and nobody's.
    assert len(set(policies)) == 1, policies
    assert policies[0] in (("Delete", "Delete"), ("RetainExceptOnCreate", "Retain"))
    return [policy == ("Delete", "Delete") for policy in policies]


def properties(resources: list[dict[str, Any]], resource_type: str) -> list[dict[str, Any]]:
    return [item["Properties"] for item in resources if item["Type"] == resource_type]


@pytest.mark.parametrize("section", ["knowledge_base", "training"])
@pytest.mark.parametrize(
    ("removal", "allowed", "deleted"),
    [("retain", False, False), ("retain", True, False), ("destroy", False, False), ("destroy", True, True)],
)
def test_data_is_deleted_only_if_both_settings_agree(section: str, removal: str, allowed: bool, deleted: bool) -> None:
    stack = stack_of(configured(section, removal, allowed), section)
    resources = list(Template.from_stack(stack).to_json()["Resources"].values())

    buckets = len(properties(resources, "AWS::S3::Bucket"))
    assert deletes_data(resources) == [deleted] * {"knowledge_base": 4, "training": 2}[section]
    assert len(properties(resources, "Custom::S3AutoDeleteObjects")) == (buckets if deleted else 0)
    # Documents go with their bucket; training data is never deleted by its own resource.
    uploads = properties(resources, "Custom::BucketObjects")
    assert {item["DeleteOnRemoval"] for item in uploads} == {deleted and section == "knowledge_base"}
    # RETAIN here leaves the vectors to the deletion of their index.
    for data_source in properties(resources, "AWS::Bedrock::DataSource"):
        assert data_source["DataDeletionPolicy"] == ("RETAIN" if deleted else "DELETE")
