"""[knowledge_base]: vectors that the model gives, passages and metadata that model and vector can hold."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.config import load_deployment_config
from model_catalog.data_files import models
from tests.deployment_file import HEAD, deployment_file, file_faults


def faults(folder: Path, **settings: Any) -> list[str]:
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    base = 'documents = "examples/support/documents"\nmodel = "amazon.nova-micro-v1:0"\n'
    (folder / "documents").mkdir(exist_ok=True)
    if "documents" in settings:
        base = 'model = "amazon.nova-micro-v1:0"\n'
    text = f"{HEAD}[knowledge_base]\n{base}{lines}\n"
    assert load_deployment_config(deployment_file(folder, text))
    return file_faults(folder, text)


@pytest.mark.parametrize(
    ("embedding_model", "dimensions", "allowed"),
    [
        ("amazon.titan-embed-text-v1", 1024, "1536"),
        ("amazon.titan-embed-text-v2:0", 384, "256 or 512 or 1024"),
        ("cohere.embed-english-v3", 512, "1024"),
        ("cohere.embed-multilingual-v3", 512, "1024"),
        ("amazon.nova-2-multimodal-embeddings-v1:0", 512, "256 or 384 or 1024 or 3072"),
    ],
)
def test_dimensions_must_be_those_of_the_model(
    tmp_path: Path, embedding_model: str, dimensions: int, allowed: str
) -> None:
    (fault,) = faults(tmp_path, embedding_model=embedding_model, dimensions=dimensions)

    assert f"knowledge_base.dimensions: {embedding_model} gives {allowed}, got {dimensions}; use {allowed}" in fault


@pytest.mark.parametrize(
    ("embedding_model", "dimensions"),
    [
        ("amazon.titan-embed-text-v1", 1536),
        ("amazon.titan-embed-text-v2:0", 256),
        ("amazon.titan-embed-text-v2:0", 1024),
        ("cohere.embed-english-v3", 1024),
        ("amazon.nova-2-multimodal-embeddings-v1:0", 3072),
    ],
)
def test_what_the_model_gives_is_accepted(tmp_path: Path, embedding_model: str, dimensions: int) -> None:
    assert faults(tmp_path, embedding_model=embedding_model, dimensions=dimensions) == []


@pytest.mark.parametrize(
    ("embedding_model", "tokens", "reason"),
    [
        ("cohere.embed-english-v3", 513, "embeds at most 512 tokens, got 513; use 512 or less"),
        ("amazon.titan-embed-text-v2:0", 7783, "40,960 bytes of text and metadata that S3 Vectors stores"),
    ],
)
def test_a_passage_must_fit_the_model_and_the_vector(
    tmp_path: Path, embedding_model: str, tokens: int, reason: str
) -> None:
    (fault,) = faults(tmp_path, embedding_model=embedding_model, chunk_max_tokens=tokens)

    assert "knowledge_base.chunk_max_tokens: " in fault
    assert reason in fault
    assert faults(tmp_path, embedding_model=embedding_model, chunk_max_tokens=tokens - 1) == []


def test_the_dimensions_of_text_embedding_models_are_known_with_their_source() -> None:
    embedding = [model for model in models() if "embedding" in model.output and model.provider.lower() != "twelvelabs"]

    assert [model.inference_id for model in embedding if not model.dimensions] == []
    assert [model.inference_id for model in embedding if "dimensions" not in model.sources] == []


@pytest.mark.parametrize(
    ("region", "model", "fault"),
    [
        ("us-east-1", "cohere.rerank-v3-5:0", None),
        ("us-west-2", "amazon.rerank-v1:0", None),
        ("us-east-1", "amazon.rerank-v1:0", "got region us-east-1; use cohere.rerank-v3-5:0"),
        (
            "eu-west-1",
            "cohere.rerank-v3-5:0",
            "got region eu-west-1; remove the line, or deploy to one of these regions",
        ),
        ("us-east-1", "amazon.nova-micro-v1:0", "does not rerank; use amazon.rerank-v1:0 or cohere.rerank-v3-5:0"),
        ("us-east-1", "cohere.rerank-v9:0", "is not in the model catalog; did you mean"),
    ],
)
def test_the_model_to_rerank_with_is_one_of_the_region(
    tmp_path: Path, region: str, model: str, fault: str | None
) -> None:
    text = f"""{HEAD.replace("us-east-1", region)}allow_unlisted = false
[knowledge_base]
documents = "examples/support/documents"
model = "arn:aws:bedrock:{region}:111122223333:provisioned-model/abcdefgh1234"
rerank_model = "{model}"
"""
    found = [line for line in file_faults(tmp_path, text) if "rerank_model" in line]

    assert len(found) == bool(fault)
    assert all(str(fault) in line for line in found)
