"""Filters on documents' metadata: a document that is filtered out appears in no passage, answer or citation."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import Clients, code, make_role, running
from tests.local_aws.stacks import ended, outputs_of

METADATA: dict[str, dict[str, Any]] = {
    "a": {"tenant": "a", "year": 2023, "final": True, "tags": ["red", "blue"]},
    "b": {"tenant": "b", "year": 2024, "final": False, "tags": ["green"]},
    "c": {"tenant": "c", "year": "2024", "final": 1},
    "d": {},
}
HIDDEN = "AMAZON_BEDROCK_METADATA"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with running(tmp_path_factory.mktemp("aws")) as clients:
        role = make_role(clients, "knowledge", ["s3:GetObject"], "arn:aws:s3:::*/*")
        made = KnowledgeBase(clients, "filtered-bucket", role, index=_index(clients))
        for name, attributes in METADATA.items():
            made.put(f"{name}.md", f"# Invoices\nThe secret of tenant {name} is in its invoices.".encode())
            if attributes:
                made.put(f"{name}.md.metadata.json", json.dumps({"metadataAttributes": attributes}).encode())
        assert made.ingest()["statistics"]["numberOfDocumentsFailed"] == 0
        yield made


def _index(clients: Clients) -> str:
    arn = {"Fn::GetAtt": ["Bucket", "VectorBucketArn"]}
    properties = {"VectorBucketArn": arn, "DataType": "float32", "Dimension": 1024, "DistanceMetric": "cosine"}
    properties["MetadataConfiguration"] = {"NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT", HIDDEN]}
    template = {
        "Resources": {
            "Bucket": {"Type": "AWS::S3Vectors::VectorBucket"},
            "Index": {"Type": "AWS::S3Vectors::Index", "Properties": properties},
        },
        "Outputs": {"Index": {"Value": {"Fn::GetAtt": ["Index", "IndexArn"]}}},
    }
    clients("cloudformation").create_stack(StackName="vectors", TemplateBody=json.dumps(template))
    return str(outputs_of(ended(clients, "vectors"))["Index"])


def has(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {operator: {"key": key, "value": value}}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (has("equals", "tenant", "a"), "a"),
        (has("equals", "tenant", "A"), ""),
        (has("equals", "final", True), "a"),
        (has("equals", "tags", "blue"), "a"),
        (has("notEquals", "tenant", "a"), "bcd"),
        (has("greaterThan", "year", 2023), "b"),
        (has("greaterThanOrEquals", "year", 2023), "ab"),
        (has("lessThan", "year", 2024), "a"),
        (has("lessThanOrEquals", "year", 2024), "ab"),
        (has("in", "tenant", ["a", "b", "x"]), "ab"),
        (has("notIn", "tenant", ["a", "b"]), "cd"),
        (has("listContains", "tags", "green"), "b"),
        (has("listContains", "tenant", "a"), ""),
        ({"andAll": [has("in", "tenant", ["a", "b"]), has("greaterThan", "year", 2023)]}, "b"),
        ({"orAll": [has("equals", "tenant", "a"), has("equals", "tenant", "c")]}, "ac"),
        (
            {"andAll": [has("notEquals", "tenant", "a"), {"orAll": [has("equals", "tenant", t) for t in "ab"]}]},
            "b",
        ),
    ],
)
def test_only_documents_that_match_appear(base: KnowledgeBase, condition: dict[str, Any], found: str) -> None:
    passages = base.retrieve("secret invoices", filter=condition)
    answer = base.clients("bedrock-agent-runtime").retrieve_and_generate(
        **base.request("Where is the secret of the tenant in the invoices?", filter=condition, numberOfResults=100)
    )

    assert sorted(passage["location"]["s3Location"]["uri"][-4] for passage in passages) == [*found]
    cited = {
        reference["location"]["s3Location"]["uri"][-4]
        for citation in answer["citations"]
        for reference in citation["retrievedReferences"]
    }
    assert cited <= {*found}
    assert bool(cited) == bool(found)
    assert not any(f"tenant {name} is" in json.dumps(answer) for name in {*METADATA} - {*found})


@pytest.mark.parametrize(
    "condition",
    [
        {},
        has("equals", "tenant", "a") | has("notEquals", "tenant", "b"),
        {"andAll": [has("equals", "tenant", "a")]},
        {"orAll": [has("equals", "tenant", "a"), has("startsWith", "tenant", "a")]},
        has("startsWith", "tenant", "a"),
        has("stringContains", "tenant", "a"),
        has("equals", "k" * 101, "a"),
        has("equals", HIDDEN, "a"),
        has("greaterThan", "year", "2023"),
        has("in", "tenant", "a"),
        has("in", "tenant", []),
        has("equals", "tenant", ["a"]),
    ],
)
def test_a_filter_that_the_index_cannot_apply_is_refused(base: KnowledgeBase, condition: dict[str, Any]) -> None:
    unchecked: Any = boto3.client(
        "bedrock-agent-runtime",
        endpoint_url=base.clients("s3").meta.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False),
    )
    search = {"vectorSearchConfiguration": {"filter": condition}}

    with pytest.raises(ClientError) as error:
        unchecked.retrieve(knowledgeBaseId=base.id, retrievalQuery={"text": "secret"}, retrievalConfiguration=search)

    assert code(error) == "ValidationException"


def test_other_stores_look_for_a_substring_in_a_text_and_in_the_members_of_a_list(base: KnowledgeBase) -> None:
    role = make_role(base.clients, "unindexed", ["s3:GetObject"], "arn:aws:s3:::*/*")
    other = KnowledgeBase(base.clients, "unindexed-bucket", role)
    for name, held in {"a": "red", "b": ["blue", "dark red"], "c": ["blue", 1]}.items():
        other.put(f"{name}.md", b"# Invoices")
        other.put(f"{name}.md.metadata.json", json.dumps({"metadataAttributes": {"colour": held}}).encode())
    other.ingest()

    found = other.retrieve("invoices", filter=has("stringContains", "colour", "re"))

    assert sorted(passage["location"]["s3Location"]["uri"][-4] for passage in found) == ["a", "b"]
