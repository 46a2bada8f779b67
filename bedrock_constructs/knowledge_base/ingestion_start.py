"""Starts an ingestion on deploy when the documents or the data source are new.

The deploy waits for it only where the data source replaces another one, which answers meanwhile.
"""

from aws_cdk import CustomResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from bedrock_constructs.knowledge_base_ids import drain_seconds
from kit_contract import parameters
from kit_contract.stacks import RESTORE_CONTEXT
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key

# Starts nothing itself. What replaces a data source is compared with it, and takes its passages along.
ACTIONS = ("ListIngestionJobs", "GetIngestionJob", "StopIngestionJob", "GetDataSource", "UpdateDataSource")


def ingestion_start(
    scope: Construct,
    *,
    queue: sqs.IQueue,
    knowledge_base_id: str,
    knowledge_base_arn: str,
    data_source_id: str,
    content_hash: str,
    tagged: str | None = None,
    id_parameter: str | None = None,
) -> CustomResource:
    """A message on `queue` at the deploy; running jobs are stopped when the stack is deleted.

    `tagged`: the name of the deployment in the tag of the knowledge base. The rights are given by it where a stack has
    several, or replaces one: a policy with their ARNs loses that of a removed one before its jobs are stopped.
    `id_parameter`: publishes the id of the knowledge base to callers: a replaced one stays until they know the new id.
    """
    # A Delete needs it: the same for all, as that of a removed one leaves the policy before.
    readable = parameters.knowledge_base_id(tagged, parameters.ANY) if tagged else id_parameter
    return CustomResourceProvider.of(scope).custom_resource(
        scope,
        resource_type="Custom::BedrockIngestionStart",
        properties={
            "QueueUrl": queue.queue_url,
            "KnowledgeBaseId": knowledge_base_id,
            "DataSourceId": data_source_id,
            "ContentHash": content_hash,
            "Restore": scope.node.try_get_context(RESTORE_CONTEXT),
            "IdParameter": id_parameter,
            "DrainSeconds": drain_seconds(scope) if id_parameter else None,
        },
        statements=[
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn]),
            _stop_statement(scope, knowledge_base_arn, tagged),
            *([_read_statement(scope, readable)] if readable and id_parameter else []),
        ],
        acknowledgment="the tag limits them to the knowledge bases of the deployment" if tagged else "",
    )


def _read_statement(scope: Construct, parameter: str) -> iam.PolicyStatement:
    arn = Stack.of(scope).format_arn(service="ssm", resource="parameter", resource_name=parameter[1:])
    return iam.PolicyStatement(actions=["ssm:GetParameter"], resources=[arn])


def _stop_statement(scope: Construct, knowledge_base_arn: str, tagged: str | None) -> iam.PolicyStatement:
    actions = [f"bedrock:{action}" for action in ACTIONS]
    if tagged is None:
        return iam.PolicyStatement(actions=actions, resources=[knowledge_base_arn])
    any_of_them = Stack.of(scope).format_arn(service="bedrock", resource="knowledge-base", resource_name="*")
    own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): tagged}}
    return iam.PolicyStatement(actions=actions, resources=[any_of_them], conditions=own)
