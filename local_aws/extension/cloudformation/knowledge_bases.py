"""AWS::Bedrock::KnowledgeBase and AWS::Bedrock::DataSource."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import bedrock_agent

from local_aws.extension.bedrock.responses import BedrockError, identifier
from local_aws.extension.bedrock.responses import arn as bedrock_arn
from local_aws.extension.bedrock.service_roles import trusts
from local_aws.extension.cloudformation import role_propagation
from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members
from local_aws.extension.knowledge_bases import ingestion_jobs
from local_aws.extension.knowledge_bases.data_source_rules import (
    MOST,
    check_chunking,
    check_configuration,
    check_count,
)
from local_aws.extension.knowledge_bases.stores import managed, opensearch_serverless
from local_aws.extension.knowledge_bases.stores.aurora_postgresql import passages
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.connection import Connection
from local_aws.extension.knowledge_bases.stores.aurora_postgresql.store import AuroraPostgresqlStore
from local_aws.extension.vector_indexes import vector_index

KNOWLEDGE_BASE = "AWS::Bedrock::KnowledgeBase"
DATA_SOURCE = "AWS::Bedrock::DataSource"


def create_knowledge_base(_: str, properties: Properties) -> Created:
    if properties["KnowledgeBaseConfiguration"]["Type"] == managed.TYPE:
        _check(KNOWLEDGE_BASE, lambda: managed.check_knowledge_base(members(properties)))
    else:
        _check_index(properties)
    if not trusts(properties["RoleArn"], bedrock_arn(f"knowledge-base/{identifier(10)}")):
        raise ValueError(f"{KNOWLEDGE_BASE}: role {properties['RoleArn']} may not be assumed by Bedrock: see its trust")
    if refused := role_propagation.refusal(properties["RoleArn"]):
        raise ValueError(f"{KNOWLEDGE_BASE}: {refused}")
    _refuse_taken(KNOWLEDGE_BASE, properties["Name"], bedrock_agent._knowledge_bases.values())
    record = answer(bedrock_agent._create_kb(json.dumps(members(properties))))["knowledgeBase"]
    return record["knowledgeBaseId"], attributes(KNOWLEDGE_BASE, record)


def update_knowledge_base(physical_id: str, properties: Properties) -> Properties:
    record = answer(bedrock_agent._update_kb(physical_id, json.dumps(members(properties))))["knowledgeBase"]
    return attributes(KNOWLEDGE_BASE, record)


def _check_index(properties: Properties) -> None:
    storage = properties.get("StorageConfiguration", {})
    if storage.get("Type") == opensearch_serverless.TYPE:
        given, role = storage["OpensearchServerlessConfiguration"], properties["RoleArn"]
        if fault := opensearch_serverless.fault(given, role, _dimensions(properties)):
            raise ValueError(f"{KNOWLEDGE_BASE}: {fault}")
    if storage.get("Type") == passages.TYPE:
        _check_table(members(properties))
    if storage.get("Type") != "S3_VECTORS":
        return
    arn = storage["S3VectorsConfiguration"].get("IndexArn", "")
    index = vector_index(arn)
    if index is None:
        raise ValueError(f"{KNOWLEDGE_BASE}: vector index {arn!r} does not exist")
    dimensions = _dimensions(properties) or index["Dimension"]
    if dimensions != index["Dimension"]:
        raise ValueError(f"{KNOWLEDGE_BASE}: {dimensions} dimensions do not fit {arn} with {index['Dimension']}")


def _dimensions(properties: Properties) -> int | None:
    """None where the embedding model has one length only."""
    vector = properties["KnowledgeBaseConfiguration"]["VectorKnowledgeBaseConfiguration"]
    model = vector.get("EmbeddingModelConfiguration", {}).get("BedrockEmbeddingModelConfiguration", {})
    dimensions: int | None = model.get("Dimensions")
    return dimensions


def _check_table(given: Properties) -> None:
    configuration = given["storageConfiguration"]["rdsConfiguration"]
    store = AuroraPostgresqlStore(Connection(configuration, given["roleArn"]))
    try:
        store.check(passages.dimensions(given["knowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]))
    except BedrockError as error:
        raise ValueError(f"{KNOWLEDGE_BASE}: {error}") from None


def create_data_source(_: str, properties: Properties) -> Created:
    knowledge_base = properties["KnowledgeBaseId"]
    of_managed = managed.is_managed(bedrock_agent._knowledge_bases[knowledge_base])
    if properties["DataSourceConfiguration"]["Type"] != managed.CONNECTOR:
        _check_data_source(properties)
    _check(DATA_SOURCE, lambda: managed.check_data_source(members(properties), managed=of_managed))
    siblings = [one for one in bedrock_agent._data_sources.values() if one["KnowledgeBaseId"] == knowledge_base]
    check_count(len(siblings), managed.MOST_DATA_SOURCES if of_managed else MOST)
    _refuse_taken(DATA_SOURCE, properties["Name"], siblings)
    record = answer(bedrock_agent._create_ds(knowledge_base, json.dumps(members(properties))))["dataSource"]
    return f"{knowledge_base}|{record['dataSourceId']}", _data_source_attributes(record)


def _check_data_source(properties: Properties) -> None:
    given = members(properties)
    storage = (bedrock_agent._knowledge_bases.get(given["knowledgeBaseId"]) or {}).get("StorageConfiguration") or {}
    ingestion = given.get("vectorIngestionConfiguration") or {}
    _check(DATA_SOURCE, lambda: check_chunking(ingestion.get("chunkingConfiguration") or {}))
    _check(DATA_SOURCE, lambda: check_configuration(given["dataSourceConfiguration"], storage.get("type")))


def _check(resource_type: str, check: Callable[[], None]) -> None:
    try:
        check()
    except ValueError as error:
        raise ValueError(f"{resource_type}: {error}") from None


def update_data_source(physical_id: str, properties: Properties) -> Properties:
    _check_data_source(properties)
    body = json.dumps(members(properties))
    return _data_source_attributes(answer(bedrock_agent._update_ds(*physical_id.split("|"), body))["dataSource"])


def _data_source_attributes(record: Properties) -> Properties:
    return attributes(DATA_SOURCE, {**record, "dataSourceStatus": record["status"]})


def delete_knowledge_base(physical_id: str) -> None:
    ingestion_jobs.refuse_while_running(physical_id)
    bedrock_agent._delete_kb(physical_id)


def delete_data_source(physical_id: str) -> None:
    ingestion_jobs.refuse_while_running(*physical_id.split("|"))
    ingestion_jobs.delete_vectors(*physical_id.split("|"))
    bedrock_agent._delete_ds(*physical_id.split("|"))


def _refuse_taken(resource_type: str, name: str, records: Any) -> None:
    if any(record["Name"] == name for record in records):
        raise ValueError(f"{resource_type}: {name} already exists; use another Name")
