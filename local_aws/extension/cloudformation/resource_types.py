"""Registers the CloudFormation types that ministack refuses or implements in part.

Properties are validated against AWS's schemas first. A change of a create-only property replaces the resource.
"""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local_aws.extension.cloudformation import (
    agents,
    alarms,
    budgets,
    databases,
    existence,
    gateways,
    guardrails,
    inference_profiles,
    knowledge_bases,
    memories,
    oidc_providers,
    opensearch_serverless,
    prompts,
    resource_schemas,
    s3_vectors,
    schedules,
    secrets,
)
from local_aws.extension.cloudformation.service_calls import Created, Properties

Create = Callable[[str, Properties], Created]
Update = Callable[[str, Properties], Properties]
Delete = Callable[[str], Any]
TYPES: dict[str, tuple[Create, Update | None, Delete]] = {
    "AWS::S3Vectors::VectorBucket": (s3_vectors.create_bucket, s3_vectors.store_bucket, s3_vectors.delete_bucket),
    "AWS::S3Vectors::Index": (s3_vectors.create_index, s3_vectors.store_index, s3_vectors.delete_index),
    "AWS::S3Vectors::VectorBucketPolicy": (
        s3_vectors.create_policy,
        s3_vectors.store_policy,
        s3_vectors.delete_policy,
    ),
    knowledge_bases.KNOWLEDGE_BASE: (
        knowledge_bases.create_knowledge_base,
        knowledge_bases.update_knowledge_base,
        knowledge_bases.delete_knowledge_base,
    ),
    knowledge_bases.DATA_SOURCE: (
        knowledge_bases.create_data_source,
        knowledge_bases.update_data_source,
        knowledge_bases.delete_data_source,
    ),
    guardrails.GUARDRAIL: (guardrails.create_guardrail, guardrails.update_guardrail, guardrails.delete_guardrail),
    "AWS::Bedrock::GuardrailVersion": (guardrails.create_guardrail_version, None, guardrails.delete_guardrail_version),
    prompts.PROMPT: (prompts.create, prompts.update, prompts.delete),
    prompts.VERSION: (prompts.create_version, None, prompts.delete),
    inference_profiles.INFERENCE_PROFILE: (
        inference_profiles.create,
        inference_profiles.update,
        inference_profiles.delete,
    ),
    oidc_providers.OIDC_PROVIDER: (oidc_providers.create, oidc_providers.update, oidc_providers.delete),
    agents.HARNESS: (agents.create_harness, agents.update_harness, agents.delete_harness),
    agents.ENDPOINT: (agents.create_endpoint, agents.update_endpoint, agents.delete_endpoint),
    gateways.GATEWAY: (gateways.create_gateway, gateways.update_gateway, gateways.delete_gateway),
    gateways.TARGET: (gateways.create_target, gateways.update_target, gateways.delete_target),
    memories.MEMORY: (memories.create, memories.update, memories.delete),
    "AWS::OpenSearchServerless::SecurityPolicy": (
        opensearch_serverless.create_security_policy,
        opensearch_serverless.update_security_policy,
        opensearch_serverless.delete_security_policy,
    ),
    "AWS::OpenSearchServerless::AccessPolicy": (
        opensearch_serverless.create_access_policy,
        opensearch_serverless.update_access_policy,
        opensearch_serverless.delete_access_policy,
    ),
    opensearch_serverless.COLLECTION: (
        opensearch_serverless.create_collection,
        opensearch_serverless.update_collection,
        opensearch_serverless.delete_collection,
    ),
    alarms.ALARM: (alarms.create_alarm, alarms.update_alarm, alarms.delete_alarm),
    alarms.COMPOSITE: (alarms.create_composite, alarms.update_composite, alarms.delete_composite),
    "AWS::Budgets::Budget": (budgets.create, budgets.update, budgets.delete),
    databases.CLUSTER: (databases.create_cluster, databases.update_cluster, databases.delete_cluster),
    secrets.SECRET: (secrets.create, secrets.update, secrets.delete),
    "AWS::Scheduler::Schedule": (schedules.create, schedules.update, schedules.delete),
}


def install() -> None:
    """Register the types beside ministack's own."""
    for resource_type, (create, update, delete) in TYPES.items():
        _register(resource_type, create, update, delete)
    for resource_type, check in databases.CHECKED.items():
        _check_first(resource_type, check)
    secrets.find_drift()
    existence.install()


def _register(resource_type: str, create: Create, update: Update | None, delete: Delete) -> None:
    def created(logical_id: str, properties: Properties, stack_name: str) -> Created:
        return create(f"{stack_name}-{logical_id}", _checked(resource_type, properties))

    def updated(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
        before, after = resource_schemas.typed(resource_type, old), _checked(resource_type, new)
        if update is None or resource_schemas.replaces(resource_type, before, after):
            replacement = created(logical_id, new, stack_name)
            # Deleted after the whole stack update succeeded: a rollback still needs the predecessor.
            provisioners._delete_predecessor(delete, physical_id)
            return replacement
        return physical_id, update(physical_id, after)

    provisioners._RESOURCE_HANDLERS[resource_type] = {
        **provisioners._RESOURCE_HANDLERS.get(resource_type, {}),  # such as what makes the snapshot at a deletion
        "create": created,
        "update": updated,
        "update_with_logical_id": True,
        "delete": lambda physical_id, properties: delete(physical_id),
    }


def _check_first(resource_type: str, check: Callable[[Properties], None] | None) -> None:
    """Let ministack's own handlers see no properties that AWS refuses."""
    handler = provisioners._RESOURCE_HANDLERS[resource_type]

    def wrapped(behind: Callable[..., Any], position: int) -> Callable[..., Any]:
        def checking(*arguments: Any, **named: Any) -> Any:
            properties = _checked(resource_type, arguments[position])
            if check:
                check(properties)
            return behind(*arguments, **named)

        return checking

    for name, position in (("create", 1), ("update", 2)):
        if name in handler:
            handler[name] = wrapped(handler[name], position)


def _checked(resource_type: str, properties: Properties) -> Properties:
    typed = resource_schemas.typed(resource_type, properties)
    resource_schemas.validate(resource_type, typed)
    return typed
