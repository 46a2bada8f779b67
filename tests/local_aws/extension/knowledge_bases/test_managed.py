"""Managed knowledge bases: what AWS refuses of them, of their data sources and of searches."""

from typing import Any

import pytest

from local_aws.extension.knowledge_bases.stores.managed import (
    CONNECTOR,
    CONNECTOR_CONFIGURATION,
    bucket_of,
    check_data_source,
    check_knowledge_base,
    search_of,
)

S3 = {"type": "S3", "version": "1", "connectionConfiguration": {"bucketName": "manuals"}}
MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"


def source(parameters: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    configuration = {"type": CONNECTOR, CONNECTOR_CONFIGURATION: {"connectorParameters": parameters or S3}}
    return {"dataSourceConfiguration": configuration, **more}


def test_the_embedding_model_is_aws_s_or_whole() -> None:
    def base(**managed: Any) -> dict[str, Any]:
        return {"knowledgeBaseConfiguration": {"type": "MANAGED", "managedKnowledgeBaseConfiguration": managed}}

    check_knowledge_base(base())
    check_knowledge_base(base(embeddingModelType="MANAGED"))
    with pytest.raises(ValueError, match="embeddingModelArn must not be specified"):
        check_knowledge_base(base(embeddingModelArn=MODEL))
    with pytest.raises(ValueError, match="needs embeddingModelArn and embeddingModelConfiguration"):
        check_knowledge_base(base(embeddingModelType="CUSTOM", embeddingModelArn=MODEL))
    with pytest.raises(ValueError, match="has no storageConfiguration"):
        check_knowledge_base(base() | {"storageConfiguration": {"type": "S3_VECTORS"}})


def test_each_type_takes_its_own_data_sources() -> None:
    check_data_source(source(), managed=True)
    plain = {"dataSourceConfiguration": {"type": "S3"}}
    check_data_source(plain, managed=False)
    with pytest.raises(ValueError, match="Unsupported data source type for MANAGED knowledge base type"):
        check_data_source(plain, managed=True)
    with pytest.raises(ValueError, match="Unsupported data source type for VECTOR"):
        check_data_source(source(), managed=False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (source({"type": "S3", "connectionConfiguration": {"bucketName": "b"}}), "version 1"),
        (source({"type": "S3", "version": "1"}), "bucketName"),
        (source(dataDeletionPolicy="RETAIN"), "must be DELETE"),
        (
            source(vectorIngestionConfiguration={"chunkingConfiguration": {"chunkingStrategy": "SEMANTIC"}}),
            "SEMANTIC is not supported",
        ),
        (
            source(
                vectorIngestionConfiguration={"parsingConfiguration": {"parsingStrategy": "BEDROCK_FOUNDATION_MODEL"}}
            ),
            "SMART_PARSING",
        ),
    ],
)
def test_what_a_data_source_must_not_have(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_data_source(given, managed=True)


def test_the_connector_names_bucket_and_prefixes() -> None:
    filtered = S3 | {"filterConfiguration": {"inclusionPrefixes": ["documents/"]}}

    found = bucket_of(source(filtered)["dataSourceConfiguration"])

    assert (found["bucketArn"], found["inclusionPrefixes"]) == ("manuals", ["documents/"])


def test_each_type_has_its_own_search() -> None:
    assert search_of({"managedSearchConfiguration": {"numberOfResults": 3}}, managed=True) == {"numberOfResults": 3}
    assert search_of({"vectorSearchConfiguration": {"numberOfResults": 3}}, managed=False) == {"numberOfResults": 3}
    assert search_of({}, managed=True) == {}
    with pytest.raises(ValueError, match="vectorSearchConfiguration is not supported"):
        search_of({"vectorSearchConfiguration": {}}, managed=True)
    with pytest.raises(ValueError, match="managedSearchConfiguration is not supported"):
        search_of({"managedSearchConfiguration": {}}, managed=False)


def test_prefixes_and_substrings_filter_nothing_there_however_deep() -> None:
    deep = {"andAll": [{"equals": {"key": "a", "value": 1}}, {"orAll": [{"startsWith": {"key": "a", "value": "b"}}]}]}

    with pytest.raises(ValueError, match="startsWith is not supported"):
        search_of({"managedSearchConfiguration": {"filter": deep}}, managed=True)
    with pytest.raises(ValueError, match="rerankingModelType"):
        search_of({"managedSearchConfiguration": {"rerankingModelType": "BEST"}}, managed=True)
