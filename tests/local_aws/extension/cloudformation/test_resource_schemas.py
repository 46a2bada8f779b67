"""Properties that CloudFormation refuses are refused, by the same schemas."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Schemas = Callable[..., Any]

KNOWLEDGE_BASE = "AWS::Bedrock::KnowledgeBase"
DATA_SOURCE = "AWS::Bedrock::DataSource"
INDEX = "AWS::S3Vectors::Index"
BUCKET_ARN = "arn:aws:s3vectors:us-east-1:000000000000:bucket/vectors"
VALID_INDEX: dict[str, Any] = {
    "VectorBucketArn": BUCKET_ARN,
    "DataType": "float32",
    "Dimension": 1024,
    "DistanceMetric": "cosine",
}


def data_source(max_tokens: Any) -> dict[str, Any]:
    chunking = {
        "ChunkingStrategy": "FIXED_SIZE",
        "FixedSizeChunkingConfiguration": {"MaxTokens": max_tokens, "OverlapPercentage": 20},
    }
    s3 = {"BucketArn": "arn:aws:s3:::documents"}
    return {
        "KnowledgeBaseId": "KB12345678",
        "Name": "documents",
        "DataSourceConfiguration": {"Type": "S3", "S3Configuration": s3},
        "VectorIngestionConfiguration": {"ChunkingConfiguration": chunking},
    }


@pytest.fixture(name="schemas")
def _schemas(call: Callable[..., Any]) -> Schemas:
    return lambda function, *arguments: call("cloudformation.resource_schemas", function, *arguments)


def test_valid_properties_pass(schemas: Schemas) -> None:
    schemas("validate", INDEX, VALID_INDEX)
    schemas("validate", DATA_SOURCE, data_source(300))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Dimensions": 3}, "'Dimensions' was unexpected"),
        ({"Dimension": 5000}, "Dimension: 5000 is greater than the maximum of 4096"),
        ({"DistanceMetric": "manhattan"}, "'manhattan' is not one of ['cosine', 'euclidean']"),
        ({"IndexArn": "arn:aws:x"}, "IndexArn: is read-only, got 'arn:aws:x'; leave it out"),
    ],
)
def test_a_fault_names_type_path_given_and_allowed(schemas: Schemas, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{INDEX}: .*{re.escape(said)}"):
        schemas("validate", INDEX, {**VALID_INDEX, **change})


def test_a_missing_property_is_named(schemas: Schemas) -> None:
    with pytest.raises(ValueError, match="'Dimension' is a required property"):
        schemas("validate", INDEX, {name: VALID_INDEX[name] for name in VALID_INDEX if name != "Dimension"})


def test_a_type_that_does_not_exist_is_refused(schemas: Schemas) -> None:
    with pytest.raises(ValueError, match="AWS::Bedrock::CustomModel is not a CloudFormation type"):
        schemas("validate", "AWS::Bedrock::CustomModel", {})


def test_text_of_a_parameter_becomes_the_type_of_the_schema(schemas: Schemas) -> None:
    typed = schemas("typed", DATA_SOURCE, data_source("300"))

    assert typed == data_source(300)
    schemas("validate", DATA_SOURCE, typed)


def test_text_that_is_not_a_number_is_refused(schemas: Schemas) -> None:
    typed = schemas("typed", INDEX, {**VALID_INDEX, "Dimension": "many"})

    with pytest.raises(ValueError, match="Dimension: 'many' is not of type 'integer'"):
        schemas("validate", INDEX, typed)


def test_digits_stay_text_for_a_property_of_type_string(schemas: Schemas) -> None:
    assert schemas("typed", KNOWLEDGE_BASE, {"Name": "2026"}) == {"Name": "2026"}


def test_a_nested_create_only_property_replaces_the_resource(schemas: Schemas) -> None:
    assert schemas("replaces", DATA_SOURCE, data_source(300), data_source(500))
    assert not schemas("replaces", DATA_SOURCE, data_source(300), {**data_source(300), "Description": "new"})
    assert ["VectorIngestionConfiguration", "ChunkingConfiguration"] in schemas("create_only", DATA_SOURCE)


@pytest.mark.parametrize(
    "resource_type",
    [
        KNOWLEDGE_BASE,
        DATA_SOURCE,
        INDEX,
        "AWS::Bedrock::Guardrail",
        "AWS::Bedrock::GuardrailVersion",
        "AWS::Bedrock::ApplicationInferenceProfile",
        "AWS::S3Vectors::VectorBucket",
        "AWS::S3Vectors::VectorBucketPolicy",
        "AWS::Budgets::Budget",
    ],
)
def test_every_registered_type_has_a_schema_with_resolvable_references(schemas: Schemas, resource_type: str) -> None:
    with pytest.raises(ValueError, match="'Nonsense' was unexpected"):
        schemas("validate", resource_type, {"Nonsense": 1})

    assert schemas("create_only", resource_type) or resource_type.endswith("::Guardrail")
