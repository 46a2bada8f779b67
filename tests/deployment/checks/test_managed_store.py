"""`store = "managed"`: its Regions; every setting that AWS decides or does not document is refused with its reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployment.checks.managed_store import managed_faults
from deployment.config import DeploymentConfig
from deployment.named_models import knowledge_base_models

MODEL = {"model": "amazon.nova-micro-v1:0", "store": "managed"}


def faults(folder: Path, region: str = "us-east-1", **settings: Any) -> list[str]:
    deployment = {"name": "sup", "region": region}
    section = MODEL | {"documents": folder} | settings
    config = DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": {"wiki": section}})
    return list(managed_faults(config.knowledge_bases["wiki"], config.deployment))


def test_the_defaults_have_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path) == []
    assert faults(tmp_path, chunking="none") == []
    assert faults(tmp_path, sources={"more": {"kind": "s3", "bucket": "partner-manuals"}}) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("embedding_model", "amazon.titan-embed-text-v2:0"),
        ("dimensions", 1024),
        ("rerank_model", "cohere.rerank-v3-5:0"),
        ("parsing", {"model": "us.amazon.nova-lite-v1:0"}),
        ("transformation", "examples/transformations/document_titles.py"),
        ("prompt", {"text": "Answer from $search_results$."}),
        ("evaluation", {"evaluator_model": "amazon.nova-pro-v1:0"}),
        ("chunking", "semantic"),
        ("chunking", "hierarchical"),
    ],
)
def test_what_aws_decides_is_refused(tmp_path: Path, setting: str, value: Any) -> None:
    (fault,) = faults(tmp_path, **{setting: value})

    assert fault.startswith(f'{setting}: store = "managed" takes')


def test_other_stores_are_not_looked_at(tmp_path: Path) -> None:
    assert faults(tmp_path, region="eu-north-1", store="s3-vectors", dimensions=256) == []


def test_no_embedding_model_is_asked_for(tmp_path: Path) -> None:
    deployment = {"name": "sup", "region": "us-east-1"}
    sections = {"wiki": MODEL | {"documents": tmp_path}}
    config = DeploymentConfig.model_validate({"deployment": deployment, "knowledge_bases": sections})

    assert list(knowledge_base_models(config)) == [("knowledge_bases.wiki.model", "amazon.nova-micro-v1:0")]


def test_a_region_without_it_names_those_that_have_it(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, region="eu-north-1")

    assert "us-east-1, us-west-2, eu-west-1" in fault
    assert "got region eu-north-1" in fault


def test_a_key_of_a_source_is_refused(tmp_path: Path) -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    (fault,) = faults(tmp_path, sources={"more": {"kind": "s3", "bucket": "manuals", "kms_key_arn": key}})

    assert fault.startswith("sources.more.kms_key_arn: ")


def test_attributes_need_their_types(tmp_path: Path) -> None:
    typed = {"value": {"type": "STRING", "stringValue": "en"}}
    for name, value in (("plain", "en"), ("typed", typed)):
        file = tmp_path / f"{name}.md.metadata.json"
        file.write_text(json.dumps({"metadataAttributes": {"language": value}}), encoding="utf-8")

    (fault,) = faults(tmp_path)

    assert fault.startswith("documents: plain.md.metadata.json: ")
