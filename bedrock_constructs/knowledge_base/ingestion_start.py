"""Starts an ingestion on deploy when the documents or the data source are new. The deploy does not wait for it."""

from aws_cdk import CustomResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from kit_contract.stacks import RESTORE_CONTEXT
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key


def ingestion_start(
    scope: Construct,
    *,
    queue: sqs.IQueue,
    knowledge_base_id: str,
    knowledge_base_arn: str,
    data_source_id: str,
    content_hash: str,
    tagged: str | None = None,
) -> CustomResource:
    """A message on `queue` at the deploy; running jobs are stopped when the stack is deleted.

    `tagged`: the name of the deployment in the tag of the knowledge base. The rights are given by it where a stack has
    several: a policy with their ARNs loses that of a removed one before its jobs are stopped.
    """
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
            _stop_statement(scope, knowledge_base_arn, tagged),
        ],
        acknowledgment="the tag limits them to the knowledge bases of the deployment" if tagged else "",
    )


def _stop_statement(scope: Construct, knowledge_base_arn: str, tagged: str | None) -> iam.PolicyStatement:
    actions = ["bedrock:ListIngestionJobs", "bedrock:StopIngestionJob"]
    if tagged is None:
        return iam.PolicyStatement(actions=actions, resources=[knowledge_base_arn])
    any_of_them = Stack.of(scope).format_arn(service="bedrock", resource="knowledge-base", resource_name="*")
    own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): tagged}}
    return iam.PolicyStatement(actions=actions, resources=[any_of_them], conditions=own)
