"""Chunking: by size, in two levels, where the meaning changes, one chunk a file, and what Bedrock refuses."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.local_aws.conftest import Call, Client
from tests.local_aws.knowledge_base import KnowledgeBase
from tests.local_aws.servers import make_role

COFFEE = "Grind the beans finer if the espresso is sour. Coarse coffee makes the espresso watery. "
MONEY = "The invoice is due within thirty days. A late payment of the invoice costs interest. "
TREES = "Oak trees grow in the forest. Birch trees and pines stand beside the oaks. "
NONE = {"chunkingStrategy": "NONE"}


def hierarchical(parent: int, child: int, overlap: int = 1) -> dict[str, Any]:
    levels = [{"maxTokens": parent}, {"maxTokens": child}]
    configuration = {"levelConfigurations": levels, "overlapTokens": overlap}
    return {"chunkingStrategy": "HIERARCHICAL", "hierarchicalChunkingConfiguration": configuration}


def semantic(tokens: int = 300, buffer: int = 0, percentile: int = 60) -> dict[str, Any]:
    configuration = {"maxTokens": tokens, "bufferSize": buffer, "breakpointPercentileThreshold": percentile}
    return {"chunkingStrategy": "SEMANTIC", "semanticChunkingConfiguration": configuration}


def test_a_file_is_one_chunk_without_chunking(call: Call) -> None:
    text = COFFEE * 100

    assert call("knowledge_bases.cutting", "cut_text", text, NONE) == [[0, text.strip(), ""]]


def test_children_lie_in_their_parents_and_overlap(call: Call) -> None:
    text = "".join(f"Sentence number {number} is here. " for number in range(60))

    pieces = call("knowledge_bases.cutting", "cut_text", text, hierarchical(100, 25, 5))

    parents = list(dict.fromkeys(parent for _, _, parent in pieces))
    assert len(parents) > 3
    assert all(len(parent) <= 400 for parent in parents)
    assert all(child in parent and len(child) <= 100 for _, child, parent in pieces)
    assert all(text[begin:].lstrip().startswith(child) for begin, child, _ in pieces)
    assert all(text.find(later) < text.find(earlier) + len(earlier) for earlier, later in pairwise(parents))


def test_a_semantic_chunk_ends_where_the_subject_changes(call: Call) -> None:
    pieces = call("knowledge_bases.cutting", "cut_text", COFFEE + MONEY + TREES, semantic())

    assert [piece for _, piece, _ in pieces] == [COFFEE.strip(), MONEY.strip(), TREES.strip()]


def test_a_semantic_chunk_is_no_longer_than_allowed(call: Call) -> None:
    pieces = call("knowledge_bases.cutting", "cut_text", COFFEE * 20, semantic(tokens=50, buffer=1, percentile=99))

    assert all(len(piece) <= 200 for _, piece, _ in pieces)
    assert " ".join(piece for _, piece, _ in pieces) == (COFFEE * 20).strip()


def test_a_higher_threshold_makes_fewer_chunks(call: Call) -> None:
    text = COFFEE + MONEY + TREES

    low, high = (len(call("knowledge_bases.cutting", "cut_text", text, semantic(percentile=p))) for p in (50, 95))

    assert high < low


@pytest.mark.parametrize("configuration", [semantic(), hierarchical(100, 25), NONE, {}])
def test_one_sentence_is_one_chunk(call: Call, configuration: dict[str, Any]) -> None:
    (piece,) = call("knowledge_bases.cutting", "cut_text", "One sentence.", configuration)

    assert piece[:2] == [0, "One sentence."]


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"chunkingStrategy": "TINY"}, "must be one of FIXED_SIZE, HIERARCHICAL, SEMANTIC, NONE, got TINY"),
        ({"chunkingStrategy": "SEMANTIC"}, "SEMANTIC needs semanticChunkingConfiguration"),
        ({**hierarchical(100, 25), **NONE}, "NONE takes no hierarchicalChunkingConfiguration"),
        ({**semantic(), "chunkingStrategy": "FIXED_SIZE"}, "FIXED_SIZE takes no semanticChunkingConfiguration"),
        (hierarchical(100, 101), "child chunks of 101 tokens do not fit parent chunks of 100"),
    ],
)
def test_what_bedrock_refuses(call: Call, configuration: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call("knowledge_bases.data_source_rules", "check_chunking", configuration)

    for right in (hierarchical(100, 100), semantic(), NONE, {"chunkingStrategy": "FIXED_SIZE"}, {}):
        call("knowledge_bases.data_source_rules", "check_chunking", right)


def test_properties_become_members_of_the_api(call: Call) -> None:
    location = {"IntermediateStorage": {"S3Location": {"URI": "s3://bucket/chunks/"}}}

    members = call("cloudformation.service_calls", "members", location)

    assert members == {"intermediateStorage": {"s3Location": {"uri": "s3://bucket/chunks/"}}}


@pytest.fixture(scope="module")
def new(client: Client) -> Callable[[str, dict[str, Any]], KnowledgeBase]:
    role = make_role(client, "chunking", ["s3:GetObject"], "arn:aws:s3:::*/*")
    return lambda name, chunking: KnowledgeBase(client, name, role, ingestion={"chunkingConfiguration": chunking})


def test_a_search_returns_the_parents_of_what_it_finds_each_once(
    new: Callable[[str, dict[str, Any]], KnowledgeBase],
) -> None:
    base = new("parents-bucket", hierarchical(200, 20))
    base.put("all.md", (COFFEE + MONEY + TREES).encode())
    base.ingest()

    found = base.retrieve("sour espresso", numberOfResults=5)

    assert [passage["content"]["text"] for passage in found] == [(COFFEE + MONEY + TREES).strip()]


def test_a_file_that_the_model_does_not_take_fails_with_its_reason(
    new: Callable[[str, dict[str, Any]], KnowledgeBase],
) -> None:
    base = new("whole-bucket", NONE)
    base.put("long.md", b"word " * 8000)
    base.put("short.md", b"# Short\nA short text.")

    job = base.ingest()

    assert job["statistics"]["numberOfDocumentsFailed"] == 1
    assert "long.md: " in job["failureReasons"][0]
    assert "Max input tokens: 8192, request input token count: 9999" in job["failureReasons"][0]
    assert len(base.retrieve("short")) == 1
