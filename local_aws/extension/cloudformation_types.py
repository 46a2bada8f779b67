"""CloudFormation types that ministack refuses or cuts short: Bedrock's, vector buckets, budgets, schedules.

Properties are held against the real schemas first; a change of a create-only property replaces the resource.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import bedrock, bedrock_agent, budgets
from ministack.services.cloudformation import provisioners

from local_aws.extension import bedrock_answers, resource_schemas, s3_vectors, schedules
from local_aws.extension.bedrock_answers import Response
from local_aws.extension.service_roles import trusts

Properties = dict[str, Any]
Created = tuple[str, Properties]
Create = Callable[[str, Properties], Created]
Update = Callable[[str, Properties], Properties]
Delete = Callable[[str], Any]

KNOWLEDGE_BASE = "AWS::Bedrock::KnowledgeBase"
DATA_SOURCE = "AWS::Bedrock::DataSource"
GUARDRAIL = "AWS::Bedrock::Guardrail"
INFERENCE_PROFILE = "AWS::Bedrock::ApplicationInferenceProfile"


def install() -> None:
    """Register the types beside ministack's own."""
    for resource_type, create, delete, update in (
        ("AWS::S3Vectors::VectorBucket", s3_vectors.create_bucket, s3_vectors.delete_bucket, s3_vectors.store_bucket),
        ("AWS::S3Vectors::Index", s3_vectors.create_index, s3_vectors.delete_index, s3_vectors.store_index),
        (
            "AWS::S3Vectors::VectorBucketPolicy",
            s3_vectors.create_policy,
            s3_vectors.delete_policy,
            s3_vectors.store_policy,
        ),
        (KNOWLEDGE_BASE, _create_knowledge_base, bedrock_agent._delete_kb, _update_knowledge_base),
        (DATA_SOURCE, _create_data_source, _delete_data_source, _update_data_source),
        (GUARDRAIL, _create_guardrail, _delete_guardrail, _update_guardrail),
        ("AWS::Bedrock::GuardrailVersion", _create_guardrail_version, _delete_guardrail_version, None),
        (INFERENCE_PROFILE, _create_profile, _delete_profile, _update_profile),
        ("AWS::Budgets::Budget", _create_budget, _delete_budget, _update_budget),
        ("AWS::Scheduler::Schedule", schedules.create, schedules.delete, schedules.update),
    ):
        _register(resource_type, create, delete, update)


def _register(resource_type: str, create: Create, delete: Delete, update: Update | None) -> None:
    def created(logical_id: str, properties: Properties, stack_name: str) -> Created:
        return create(f"{stack_name}-{logical_id}", _checked(resource_type, properties))

    def updated(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
        before, after = resource_schemas.typed(resource_type, old), _checked(resource_type, new)
        if update is None or resource_schemas.replaces(resource_type, before, after):
            replacement = created(logical_id, new, stack_name)
            # Deleted when the whole stack update has succeeded: a rollback still needs the predecessor.
            provisioners._delete_predecessor(delete, physical_id)
            return replacement
        return physical_id, update(physical_id, after)

    provisioners._RESOURCE_HANDLERS[resource_type] = {
        "create": created,
        "update": updated,
        "update_with_logical_id": True,
        "delete": lambda physical_id, properties: delete(physical_id),
    }


def _checked(resource_type: str, properties: Properties) -> Properties:
    typed = resource_schemas.typed(resource_type, properties)
    resource_schemas.validate(resource_type, typed)
    return typed


def _create_knowledge_base(_: str, properties: Properties) -> Created:
    _check_index(properties)
    if not trusts(properties["RoleArn"], bedrock_answers.arn(f"knowledge-base/{bedrock_answers.identifier(10)}")):
        raise ValueError(f"{KNOWLEDGE_BASE}: role {properties['RoleArn']} may not be assumed by Bedrock: see its trust")
    _refuse_taken(KNOWLEDGE_BASE, properties["Name"], bedrock_agent._knowledge_bases.values())
    record = _answer(bedrock_agent._create_kb(json.dumps(_camel(properties))))["knowledgeBase"]
    return record["knowledgeBaseId"], _attributes(KNOWLEDGE_BASE, record)


def _update_knowledge_base(physical_id: str, properties: Properties) -> Properties:
    record = _answer(bedrock_agent._update_kb(physical_id, json.dumps(_camel(properties))))["knowledgeBase"]
    return _attributes(KNOWLEDGE_BASE, record)


def _check_index(properties: Properties) -> None:
    storage = properties.get("StorageConfiguration", {})
    if storage.get("Type") != "S3_VECTORS":
        return
    arn = storage["S3VectorsConfiguration"].get("IndexArn", "")
    index = s3_vectors.vector_index(arn)
    if index is None:
        raise ValueError(f"{KNOWLEDGE_BASE}: vector index {arn!r} does not exist")
    vector = properties["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    model = vector.get("EmbeddingModelConfiguration", {}).get("BedrockEmbeddingModelConfiguration", {})
    dimensions = model.get("Dimensions", index["Dimension"])
    if dimensions != index["Dimension"]:
        raise ValueError(f"{KNOWLEDGE_BASE}: {dimensions} dimensions do not fit {arn} with {index['Dimension']}")


def _create_data_source(_: str, properties: Properties) -> Created:
    knowledge_base = properties["KnowledgeBaseId"]
    siblings = [one for one in bedrock_agent._data_sources.values() if one["KnowledgeBaseId"] == knowledge_base]
    _refuse_taken(DATA_SOURCE, properties["Name"], siblings)
    record = _answer(bedrock_agent._create_ds(knowledge_base, json.dumps(_camel(properties))))["dataSource"]
    return f"{knowledge_base}|{record['dataSourceId']}", _data_source_attributes(record)


def _update_data_source(physical_id: str, properties: Properties) -> Properties:
    body = json.dumps(_camel(properties))
    return _data_source_attributes(_answer(bedrock_agent._update_ds(*physical_id.split("|"), body))["dataSource"])


def _data_source_attributes(record: Properties) -> Properties:
    return _attributes(DATA_SOURCE, {**record, "dataSourceStatus": record["status"]})


def _delete_data_source(physical_id: str) -> None:
    bedrock_agent._delete_ds(*physical_id.split("|"))


def _create_guardrail(_: str, properties: Properties) -> Created:
    made = _answer(bedrock._create_guardrail(json.dumps(_guardrail_body(properties))))
    arn = _renamed_guardrail(made["guardrailId"], made["guardrailArn"])
    return arn, _guardrail_attributes(arn)


def _renamed_guardrail(given_id: str, given_arn: str) -> str:
    """ministack's ids hold a hyphen, which the schemas refuse where a template refers to the guardrail."""
    identifier, arn = given_id.replace("-", ""), given_arn.replace(given_id, given_id.replace("-", ""))
    record = bedrock._guardrails.pop(given_id)
    bedrock._guardrails[identifier] = {**record, "GuardrailId": identifier, "GuardrailArn": arn}
    bedrock._tags[arn] = bedrock._tags.pop(given_arn, {})
    return arn


def _update_guardrail(arn: str, properties: Properties) -> Properties:
    _answer(bedrock._update_guardrail(arn, json.dumps(_guardrail_body(properties))))
    return _guardrail_attributes(arn)


def _guardrail_body(properties: Properties) -> Properties:
    body: Properties = _camel(properties)
    return {**body, "kmsKeyId": body.get("kmsKeyArn")}


def _guardrail_attributes(arn: str) -> Properties:
    return _attributes(GUARDRAIL, _answer(bedrock._get_guardrail(arn, {})))


def _delete_guardrail(arn: str) -> None:
    bedrock._delete_guardrail(arn, {})


def _create_guardrail_version(_: str, properties: Properties) -> Created:
    guardrail = properties["GuardrailIdentifier"]
    made = _answer(bedrock._create_guardrail_version(guardrail, json.dumps(_camel(properties))))
    arn = _answer(bedrock._get_guardrail(guardrail, {}))["guardrailArn"]
    attributes = {"GuardrailArn": arn, "GuardrailId": made["guardrailId"], "Version": made["version"]}
    return f"{made['guardrailId']}|{made['version']}", attributes


def _delete_guardrail_version(physical_id: str) -> None:
    bedrock._guardrail_versions.pop(physical_id.replace("|", "/"), None)


def _create_profile(_: str, properties: Properties) -> Created:
    body = {**_camel(properties), "inferenceProfileName": properties["InferenceProfileName"]}
    arn = _answer(bedrock._create_inference_profile(json.dumps(body)))["inferenceProfileArn"]
    return arn, _update_profile(arn, properties)


def _update_profile(arn: str, properties: Properties) -> Properties:
    bedrock._tags[arn] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    record = _answer(bedrock._get_inference_profile(arn.rsplit("/", 1)[-1]))
    return _attributes(INFERENCE_PROFILE, {**record, "inferenceProfileIdentifier": arn})


def _delete_profile(arn: str) -> None:
    bedrock._delete_inference_profile(arn.rsplit("/", 1)[-1])


def _create_budget(seed: str, properties: Properties) -> Created:
    budget = {"BudgetName": f"{seed[:40]}-{uuid.uuid4().hex[:12]}", **properties["Budget"]}
    _answer(budgets._create_budget({**properties, "Budget": budget}))
    return budget["BudgetName"], {"Id": budget["BudgetName"]}


def _update_budget(name: str, properties: Properties) -> Properties:
    _answer(budgets._update_budget({"NewBudget": {**properties["Budget"], "BudgetName": name}}))
    return {"Id": name}


def _delete_budget(name: str) -> None:
    budgets._delete_budget({"BudgetName": name})


def _refuse_taken(resource_type: str, name: str, records: Any) -> None:
    if any(record["Name"] == name for record in records):
        raise ValueError(f"{resource_type}: {name} already exists; a replacement needs another Name")


def _attributes(resource_type: str, record: Properties) -> Properties:
    """What Fn::GetAtt may ask for: the schema's read-only properties that the service's record has."""
    members = {name: name[0].lower() + name[1:] for name in resource_schemas.read_only(resource_type)}
    return {name: record[member] for name, member in members.items() if record.get(member) is not None}


def _answer(response: Response) -> Properties:
    status, _, body = response
    parsed: Properties = json.loads(body)
    if status >= 400:
        raise ValueError(f"{parsed.get('__type')}: {parsed.get('message') or parsed.get('Message')}")
    return parsed


def _camel(value: Any) -> Any:
    """Property names as the API's member names; a map of tags keeps its keys, they are the user's."""
    if isinstance(value, dict):
        kept = [name for name, item in value.items() if name == "Tags" and isinstance(item, dict)]
        return {name[0].lower() + name[1:]: item if name in kept else _camel(item) for name, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value
