"""One stack that holds every construct with a custom resource, synthesized once for the tests that look at it."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from constructs import Construct

from bedrock_constructs.custom_model_deployment import CustomModelDeployment
from bedrock_constructs.custom_resources.bucket_objects import BucketObjects
from bedrock_constructs.custom_resources.role_propagation import role_propagation
from bedrock_constructs.customization.start import CustomizationStart
from bedrock_constructs.guardrails import Guardrail
from bedrock_constructs.imported_model_serving import ImportedModelServing
from bedrock_constructs.invocation_logging import InvocationLogging
from bedrock_constructs.knowledge_base.ingestion_start import ingestion_start
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.store import AuroraPostgresql
from bedrock_constructs.knowledge_base.stores.opensearch_index import index_schema, opensearch_index
from bedrock_constructs.knowledge_base.stores.store import StoreRequest
from bedrock_constructs.model_access import ModelAccess
from bedrock_constructs.provisioned_throughput.controller import ProvisionedThroughputController
from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget
from bedrock_constructs.provisioned_throughput.start import ProvisionedThroughputStart
from bedrock_constructs.provisioned_throughput.throughput import ProvisionedThroughput

PROVISIONED_NAME = "sup-support"


@cache
def template() -> Template:
    app = cdk.App(context={"custom_resource_query_seconds": "2"})
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    ModelAccess(stack, "Access", models=["b.model", "a.model"], use_case={"companyName": "Brew"})
    CustomModelDeployment(stack, "Serving", kit_deployment="sup", deployment_name="sup-support", alias="bot")
    ImportedModelServing(stack, "Imported", kit_deployment="sup", customization="support", alias="bot")
    add_throughput(stack, ThroughputTarget(PROVISIONED_NAME, None, "support", "bot"))
    bucket = s3.Bucket(stack, "Bucket")
    folder = Path(__file__).resolve().parents[2] / "custom_resources"
    BucketObjects(stack, "Files", source=folder, destination=bucket, prefix="docs/", delete_on_removal=False)
    starter = lambda_.Function.from_function_name(stack, "Starter", "starter")
    ProvisionedThroughputStart(stack, "CapacityStart", function=starter, kit_deployment="sup", settings_hash="h")
    CustomizationStart(stack, "Start", starter=starter, customization="support", data_key="data/a", spec_hash="h")
    ingestion_start(
        Construct(stack, "Ingestion"),
        queue=sqs.Queue(stack, "Queue"),
        knowledge_base_id="KB12345678",
        knowledge_base_arn="arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678",
        data_source_id="DS12345678",
        content_hash="h",
    )
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock.amazonaws.com"))
    role_propagation(Construct(stack, "Propagation"), role=role, resources=["arn:aws:s3:::documents"])
    opensearch_index(
        Construct(stack, "Vectors"),
        kit_deployment="sup",
        collection_id="abcdefghij0123456789",
        index_name="vectors-1024-0f0f0f0f",
        schema=index_schema(1024),
    )
    vectors = StoreRequest(
        scope=Construct(stack, "Rows"),
        kit_deployment="sup",
        name="library",
        dimensions=1024,
        role=role,
        kms_key=None,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        again="",
    )
    AuroraPostgresql().build(vectors)
    both = ("s3", "cloudwatch-logs")
    InvocationLogging(stack, "Logging", kit_deployment="sup", destinations=both, generation=2)
    words = {"word_policy_config": {"wordsConfig": [{"text": "acme"}]}}
    Guardrail(stack, "Guardrail", name="sup-polite", blocked_input="no", blocked_output="no", policies=words)
    return Template.from_stack(stack)


def add_throughput(stack: cdk.Stack, target: ThroughputTarget, **settings: Any) -> ProvisionedThroughputController:
    capacity = ProvisionedThroughputController(
        stack,
        "Capacity",
        kit_deployment="sup",
        throughputs=[target],
        notify=["ops@example.com"],
        watches_idleness=False,
    )
    ProvisionedThroughput(stack, "Throughput", kit_deployment="sup", target=target, model_units=1, **settings)
    return capacity


def actions_of(resource_type: str) -> set[str]:
    """The actions that the policy of one type of custom resource grants to the provider's function."""
    policies = template().find_resources("AWS::IAM::Policy")
    statements = [
        statement
        for logical_id, policy in policies.items()
        if re.fullmatch(f"CustomResourcePolicies{resource_type}[0-9A-F]{{8}}", logical_id)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    listed = [item["Action"] for item in statements]
    return {action for item in listed for action in (item if isinstance(item, list) else [item])}
