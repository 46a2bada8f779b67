"""Chunking, parsing and transformation of a data source: properties, names, rights, the function's bucket."""

from typing import Any

import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.knowledge_base.chunking import (
    Chunking,
    FixedSizeChunking,
    HierarchicalChunking,
    NoChunking,
    SemanticChunking,
)
from bedrock_constructs.knowledge_base.reading import FoundationModelParsing, Reading
from bedrock_constructs.knowledge_base.transformation import TransformationCode
from tests.bedrock_constructs.knowledge_base.test_knowledge_base import a_template, only

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
CODE = TransformationCode(
    files={"titles.py": b"def lambda_handler(event, context): ..."}, handler="titles.lambda_handler"
)


def data_source(template: Template) -> dict[str, Any]:
    properties: dict[str, Any] = only(template, "AWS::Bedrock::DataSource")["Properties"]
    return properties


def ingestion(reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = data_source(a_template(reading=reading))["VectorIngestionConfiguration"]
    return found


def statements(template: Template, role: str) -> dict[str, dict[str, Any]]:
    policies = [item for name, item in template.find_resources("AWS::IAM::Policy").items() if role in name]
    return {
        statement["Sid"]: statement
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "Sid" in statement
    }


@pytest.mark.parametrize(
    ("chunking", "expected"),
    [
        (
            FixedSizeChunking(max_tokens=100, overlap_percentage=5),
            {
                "ChunkingStrategy": "FIXED_SIZE",
                "FixedSizeChunkingConfiguration": {"MaxTokens": 100, "OverlapPercentage": 5},
            },
        ),
        (
            HierarchicalChunking(parent_max_tokens=900, child_max_tokens=90, overlap_tokens=9),
            {
                "ChunkingStrategy": "HIERARCHICAL",
                "HierarchicalChunkingConfiguration": {
                    "LevelConfigurations": [{"MaxTokens": 900}, {"MaxTokens": 90}],
                    "OverlapTokens": 9,
                },
            },
        ),
        (
            SemanticChunking(max_tokens=200, buffer_sentences=1, breakpoint_percentile=80),
            {
                "ChunkingStrategy": "SEMANTIC",
                "SemanticChunkingConfiguration": {
                    "MaxTokens": 200,
                    "BufferSize": 1,
                    "BreakpointPercentileThreshold": 80,
                },
            },
        ),
        (NoChunking(), {"ChunkingStrategy": "NONE"}),
    ],
)
def test_each_strategy_has_its_own_configuration(chunking: Chunking, expected: dict[str, Any]) -> None:
    assert ingestion(Reading(chunking=chunking)) == {"ChunkingConfiguration": expected}


def test_the_default_is_what_a_knowledge_base_had_before() -> None:
    assert data_source(a_template(reading=Reading())) == data_source(a_template())


def test_what_replaces_the_data_source_gives_it_another_name() -> None:
    readings = [
        Reading(),
        *(Reading(chunking=chunking) for chunking in (HierarchicalChunking(), SemanticChunking(), NoChunking())),
        Reading(chunking=HierarchicalChunking(overlap_tokens=61)),
        Reading(chunking=SemanticChunking(breakpoint_percentile=94)),
        Reading(parsing=FoundationModelParsing([MODEL])),
        Reading(parsing=FoundationModelParsing([MODEL], prompt="Write tables as Markdown.")),
    ]

    names = [data_source(a_template(reading=reading))["Name"] for reading in readings]

    assert len(set(names)) == len(readings)


@pytest.mark.parametrize("arns", [[MODEL], [PROFILE, MODEL]])
def test_a_model_parses_with_the_rights_of_the_role(arns: list[str]) -> None:
    template = a_template(reading=Reading(parsing=FoundationModelParsing(arns, prompt="Write tables as Markdown.")))

    assert data_source(template)["VectorIngestionConfiguration"]["ParsingConfiguration"] == {
        "ParsingStrategy": "BEDROCK_FOUNDATION_MODEL",
        "BedrockFoundationModelConfiguration": {
            "ModelArn": arns[0],
            "ParsingPrompt": {"ParsingPromptText": "Write tables as Markdown."},
        },
    }
    found = statements(template, "KnowledgeBaseRole")
    assert found["Parse"]["Resource"] == (arns[0] if len(arns) == 1 else arns)
    assert ("ReadProfile" in found) == (PROFILE in arns)


def test_a_function_exchanges_chunks_through_a_bucket_of_its_own() -> None:
    template = a_template(reading=Reading(transformation=CODE))

    custom = data_source(template)["VectorIngestionConfiguration"]["CustomTransformationConfiguration"]
    (step,) = custom["Transformations"]
    version = step["TransformationFunction"]["TransformationLambdaConfiguration"]["LambdaArn"]
    assert step["StepToApply"] == "POST_CHUNKING"
    assert version["Ref"] in template.find_resources("AWS::Lambda::Version")
    service = statements(template, "KnowledgeBaseRole")
    assert service["Transform"]["Action"] == "lambda:InvokeFunction"
    assert service["ExchangeChunks"]["Action"] == ["s3:GetObject", "s3:PutObject"]
    own = statements(template, "TransformationRole")
    assert own["ExchangeChunks"]["Resource"] == service["ExchangeChunks"]["Resource"]
    (bucket,) = [item for name, item in template.find_resources("AWS::S3::Bucket").items() if "Chunks" in name]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 1


def test_other_code_makes_another_data_source() -> None:
    other = TransformationCode(files={"titles.py": b"def lambda_handler(event, context): pass"}, handler=CODE.handler)

    ids = [
        set(a_template(reading=Reading(transformation=code)).find_resources("AWS::Bedrock::DataSource"))
        for code in (None, CODE, other)
    ]

    assert len(set.union(*ids)) == 3


def test_the_function_uses_the_key_of_the_knowledge_base() -> None:
    template = a_template(with_key=True, reading=Reading(transformation=CODE))

    assert statements(template, "TransformationRole")["UseKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
