"""Permissions of a knowledge base's service role.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html (Retrieve reranks with this role)
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct


def permissions(
    bucket: s3.IBucket,
    *,
    documents_prefix: str,
    embedding_model_arn: str | None,
    store: Sequence[iam.PolicyStatement],
    rerank_model_id: str | None,
) -> list[iam.PolicyStatement]:
    stack = cdk.Stack.of(bucket)
    own_account = {"aws:ResourceAccount": stack.account}
    documents = bucket.arn_for_objects(f"{documents_prefix}*")
    statements = [
        *(
            [allow("Embed", _embedding_actions(embedding_model_arn), embedding_model_arn)]
            if embedding_model_arn
            else []
        ),
        allow(
            "ListDocuments",
            ["s3:ListBucket"],
            bucket.bucket_arn,
            {"StringEquals": own_account},  # AWS's example has no s3:prefix: Bedrock may list without one
        ),
        allow("ReadDocuments", ["s3:GetObject"], documents, {"StringEquals": own_account}),
        *store,
    ]
    if rerank_model_id:
        model = f"arn:{stack.partition}:bedrock:{stack.region}::foundation-model/{rerank_model_id}"
        statements.append(allow("Rerank", ["bedrock:Rerank"], "*"))
        statements.append(allow("InvokeRerankModel", ["bedrock:InvokeModel"], model))
    return statements


def service_role(scope: Construct) -> iam.Role:
    stack = cdk.Stack.of(scope)
    any_knowledge_base = stack.format_arn(service="bedrock", resource="knowledge-base", resource_name="*")
    return iam.Role(
        scope,
        "Role",
        description="Bedrock reads the documents and keeps their vectors with it",
        assumed_by=iam.ServicePrincipal(
            "bedrock.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                # The role exists before the id, so no narrower ARN is possible.
                "ArnLike": {"aws:SourceArn": any_knowledge_base},
            },
        ),
    )


def allow(
    sid: str, actions: list[str], resource: str, conditions: Mapping[str, Any] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=actions, resources=[resource], conditions=conditions)


def _embedding_actions(embedding_model_arn: str) -> list[str]:
    # The Get action: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    provisioned = ":provisioned-model/" in embedding_model_arn
    return ["bedrock:InvokeModel", *(["bedrock:GetProvisionedModelThroughput"] if provisioned else [])]


def keep_rights_until_replaced(role: iam.Role, resource_name: str) -> str:
    """Another policy for another knowledge base: CloudFormation deletes the one before after the knowledge base, which
    searches with the rights to its own model and store until then.

    `resource_name`: of the knowledge base; it changes with what replaces it. Returns the logical id of the policy.
    """
    policy = role.node.find_child("DefaultPolicy").node.default_child
    assert isinstance(policy, iam.CfnPolicy)
    digest = hashlib.sha256(resource_name.encode()).hexdigest()[:8]
    logical_id = f"{cdk.Stack.of(role).get_logical_id(policy)}{digest}"
    policy.override_logical_id(logical_id)
    return logical_id
