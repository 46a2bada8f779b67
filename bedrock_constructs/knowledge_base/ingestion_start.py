"""Starts an ingestion on deploy when the documents or the data source are new. The deploy does not wait for it."""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.stacks import RESTORE_CONTEXT


def ingestion_start(
    scope: Construct,
    *,
    queue: sqs.IQueue,
    knowledge_base_id: str,
    knowledge_base_arn: str,
    data_source_id: str,
    content_hash: str,
) -> CustomResource:
    """A message on `queue` at the deploy; running jobs are stopped when the stack is deleted."""
    return CustomResourceProvider.of(scope).custom_resource(
        scope,
        resource_type="Custom::BedrockIngestionStart",
        properties={
            "QueueUrl": queue.queue_url,
            "KnowledgeBaseId": knowledge_base_id,
            "DataSourceId": data_source_id,
            "ContentHash": content_hash,
            "Restore": scope.node.try_get_context(RESTORE_CONTEXT),
        },
        statements=[
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]),
            iam.PolicyStatement(
                actions=["bedrock:ListIngestionJobs", "bedrock:StopIngestionJob"], resources=[knowledge_base_arn]
            ),
        ],
    )
