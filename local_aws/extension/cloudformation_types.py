"""CloudFormation types that ministack refuses: knowledge bases, data sources, vector buckets and indexes.

Properties are held against the real schemas first; a change of a create-only property replaces the resource.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import bedrock_agent
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from local_aws.extension import resource_schemas

Created = tuple[str, dict[str, Any]]
NUMBERS = {"Dimension", "Dimensions", "MaxTokens", "OverlapPercentage", "OverlapTokens", "BufferSize"}

_vector_buckets = AccountRegionScopedDict()
_vector_indexes = AccountRegionScopedDict()


def install() -> None:
    """Register the types beside ministack's own."""
    _register(
        "AWS::S3Vectors::VectorBucket",
        _create_vector_bucket,
        lambda physical_id: _vector_buckets.pop(physical_id, None),
    )
    _register("AWS::S3Vectors::Index", _create_index, lambda physical_id: _vector_indexes.pop(physical_id, None))
    _register("AWS::Bedrock::KnowledgeBase", _create_knowledge_base, bedrock_agent._delete_kb, _update_knowledge_base)
    _register("AWS::Bedrock::DataSource", _create_data_source, _delete_data_source, _update_data_source)


def vector_index(arn: str) -> dict[str, Any] | None:
    """The properties of the index with this ARN, None where there is none."""
    index: dict[str, Any] | None = _vector_indexes.get(arn)
    return index


def _register(
    resource_type: str,
    create: Callable[[str, dict[str, Any]], Created],
    delete: Callable[[str], Any],
    update: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None,
) -> None:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Created:
        typed = _typed(properties)
        resource_schemas.validate(resource_type, typed)
        return create(f"{stack_name}-{logical_id}".lower(), typed)

    def updated(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> Created:
        replaced = [name for name in resource_schemas.create_only(resource_type) if old.get(name) != new.get(name)]
        if replaced or update is None:
            physical = created(logical_id, new, stack_name)
            if physical[0] != physical_id:
                delete(physical_id)
            return physical
        typed = _typed(new)
        resource_schemas.validate(resource_type, typed)
        return physical_id, update(physical_id, typed)

    _RESOURCE_HANDLERS[resource_type] = {
        "create": created,
        "update": updated,
        "update_with_logical_id": True,
        "delete": lambda physical_id, properties: delete(physical_id),
    }


def _typed(value: Any, name: str = "") -> Any:
    """Intrinsics and parameters give numbers as text; CloudFormation turns them into what the schema asks for."""
    if isinstance(value, dict):
        return {key: _typed(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return int(value) if name in NUMBERS and isinstance(value, str) and value.isdigit() else value


def _create_vector_bucket(seed: str, properties: dict[str, Any]) -> Created:
    name = properties.get("VectorBucketName") or f"{seed[:40]}-{uuid.uuid4().hex[:12]}"
    arn = f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{name}"
    _vector_buckets[arn] = properties
    return arn, {"VectorBucketArn": arn, "VectorBucketName": name}


def _create_index(seed: str, properties: dict[str, Any]) -> Created:
    bucket = properties.get("VectorBucketArn")
    if bucket is None:
        bucket = f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{properties['VectorBucketName']}"
    if bucket not in _vector_buckets:
        raise ValueError(f"AWS::S3Vectors::Index: vector bucket {bucket} does not exist")
    name = properties.get("IndexName") or f"{seed[:40]}-{uuid.uuid4().hex[:12]}"
    arn = f"{bucket}/index/{name}"
    _vector_indexes[arn] = properties
    return arn, {"IndexArn": arn, "IndexName": name}


def _create_knowledge_base(_: str, properties: dict[str, Any]) -> Created:
    _check_index(properties)
    record = _answer(bedrock_agent._create_kb(json.dumps(_camel(properties))))["knowledgeBase"]
    return record["knowledgeBaseId"], _knowledge_base_attributes(record)


def _update_knowledge_base(physical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    record = _answer(bedrock_agent._update_kb(physical_id, json.dumps(_camel(properties))))["knowledgeBase"]
    return _knowledge_base_attributes(record)


def _knowledge_base_attributes(record: dict[str, Any]) -> dict[str, Any]:
    arn = record["knowledgeBaseArn"]
    return {
        "KnowledgeBaseId": record["knowledgeBaseId"],
        "KnowledgeBaseArn": arn,
        "Arn": arn,
        "Status": record["status"],
    }


def _check_index(properties: dict[str, Any]) -> None:
    storage = properties.get("StorageConfiguration", {})
    if storage.get("Type") != "S3_VECTORS":
        return
    arn = storage["S3VectorsConfiguration"].get("IndexArn", "")
    index = vector_index(arn)
    if index is None:
        raise ValueError(f"AWS::Bedrock::KnowledgeBase: vector index {arn!r} does not exist")
    vector = properties["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    model = vector.get("EmbeddingModelConfiguration", {}).get("BedrockEmbeddingModelConfiguration", {})
    dimensions = model.get("Dimensions", index["Dimension"])
    if dimensions != index["Dimension"]:
        raise ValueError(
            f"AWS::Bedrock::KnowledgeBase: {dimensions} dimensions do not fit {arn} with {index['Dimension']}"
        )


def _create_data_source(_: str, properties: dict[str, Any]) -> Created:
    knowledge_base = properties["KnowledgeBaseId"]
    record = _answer(bedrock_agent._create_ds(knowledge_base, json.dumps(_camel(properties))))["dataSource"]
    identifier = record["dataSourceId"]
    return f"{knowledge_base}|{identifier}", {"DataSourceId": identifier, "DataSourceStatus": record["status"]}


def _update_data_source(physical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    knowledge_base, identifier = physical_id.split("|")
    record = _answer(bedrock_agent._update_ds(knowledge_base, identifier, json.dumps(_camel(properties))))["dataSource"]
    return {"DataSourceId": identifier, "DataSourceStatus": record["status"]}


def _delete_data_source(physical_id: str) -> None:
    knowledge_base, identifier = physical_id.split("|")
    bedrock_agent._delete_ds(knowledge_base, identifier)


def _answer(response: tuple[int, dict[str, str], bytes]) -> dict[str, Any]:
    status, _, body = response
    parsed: dict[str, Any] = json.loads(body)
    if status >= 400:
        raise ValueError(f"{parsed.get('__type')}: {parsed.get('message')}")
    return parsed


def _camel(value: Any) -> Any:
    """Property names as the API's member names."""
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _camel(item) for key, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value
