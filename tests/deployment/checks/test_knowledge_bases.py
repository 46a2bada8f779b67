"""[knowledge_bases.*]: every fault names its section; an existing one has no settings of its making."""

import datetime
from pathlib import Path
from typing import Any

from deployment.checks.arns import arn_faults
from deployment.checks.documents import documents_warnings
from deployment.checks.knowledge_base import knowledge_base_faults
from deployment.checks.names import name_faults
from deployment.config import DeploymentConfig

TODAY = datetime.date(2026, 11, 27)
MODEL = {"model": "amazon.nova-micro-v1:0"}


def config(old: dict[str, Any] | None = None, **named: dict[str, Any]) -> DeploymentConfig:
    sections: dict[str, Any] = {"knowledge_bases": {name.replace("_", "-"): MODEL | it for name, it in named.items()}}
    if old is not None:
        sections["knowledge_base"] = MODEL | old
    return DeploymentConfig.model_validate({"deployment": {"name": "sup", "region": "us-east-1"}, **sections})


def faults(given: DeploymentConfig) -> list[str]:
    return list(knowledge_base_faults(given, TODAY))


def test_both_kinds_are_checked_under_their_own_names(tmp_path: Path) -> None:
    given = config({"documents": tmp_path / "gone"}, handbooks={"documents": tmp_path, "dimensions": 7})

    first, second = faults(given)

    assert first.startswith("knowledge_base.documents: ")
    assert first.endswith("is not a folder; name the folder that holds the documents")
    assert second.startswith("knowledge_bases.handbooks.dimensions: amazon.titan-embed-text-v2:0 gives 256 or 512")


def test_hidden_files_are_named_with_their_section(tmp_path: Path) -> None:
    (tmp_path / ".secret").write_text("x", encoding="utf-8")

    (warning,) = documents_warnings(config(handbooks={"documents": tmp_path}))

    assert warning.startswith("knowledge_bases.handbooks.documents: hidden")


def test_documents_or_an_existing_one_are_needed(tmp_path: Path) -> None:
    (fault,) = faults(config(handbooks={}))

    assert fault.startswith("knowledge_bases.handbooks.documents is missing; add the folder")


def test_an_existing_one_is_only_asked(tmp_path: Path) -> None:
    asked = {"existing": "KB12345678", "rerank_model": "cohere.rerank-v3-5:0", "guardrail": "polite"}
    given = config(theirs=asked)

    assert faults(given) == []
    assert (given.built_knowledge_bases, given.stacks) == ({}, [])
    (fault,) = faults(config(theirs=asked | {"dimensions": 256}))
    assert fault.startswith("knowledge_bases.theirs.dimensions: says how a knowledge base is made")


def test_an_existing_one_can_be_managed_by_aws_which_is_asked_otherwise() -> None:
    theirs = {"existing": "KB12345678", "store": "managed"}

    assert faults(config(theirs=theirs)) == []
    (fault,) = faults(config(theirs=theirs | {"rerank_model": "cohere.rerank-v3-5:0"}))
    assert fault.startswith('knowledge_bases.theirs.rerank_model: store = "managed" takes none')
    (fault,) = faults(config(theirs=theirs | {"store": "aurora-postgresql"}))
    assert fault.startswith("knowledge_bases.theirs.store: says how a knowledge base is made")


def test_a_store_has_its_own_settings_and_limits(tmp_path: Path) -> None:
    opensearch = {"documents": tmp_path, "store": "opensearch-serverless", "chunk_max_tokens": 8192}
    assert faults(config(handbooks=opensearch | {"standby_replicas": True})) == []  # no limit of S3 Vectors

    first, second = faults(config(handbooks=opensearch | {"store": "s3-vectors", "standby_replicas": True}))
    assert first.startswith("knowledge_bases.handbooks.chunk_max_tokens: a passage of 8192 tokens")
    assert second.startswith('knowledge_bases.handbooks.standby_replicas: only store = "opensearch-serverless"')


def test_opensearch_serverless_is_made_where_it_makes_indexes(tmp_path: Path) -> None:
    given = config(handbooks={"documents": tmp_path, "store": "opensearch-serverless"})
    elsewhere = given.deployment.model_copy(update={"region": "sa-east-1"})
    (fault,) = (fault for fault in faults(given.model_copy(update={"deployment": elsewhere})) if ".store: " in fault)

    assert fault.startswith("knowledge_bases.handbooks.store: OpenSearch Serverless makes indexes of private")


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    (fault,) = faults(config({"documents": tmp_path, "name": "all"}, all={"documents": tmp_path}))
    assert fault == "knowledge_bases.all: [knowledge_base] has the name 'all', too; rename one of them"

    (fault,) = name_faults(config(v1={"documents": tmp_path}, v_1={"documents": tmp_path}))
    assert fault.startswith("knowledge_bases.v-1: differs from 'v1' in a hyphen before a digit only")


def test_their_models_are_checked_as_those_of_the_first(tmp_path: Path) -> None:
    profile = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.titan-embed-text-v2:0"
    given = config(handbooks={"documents": tmp_path, "embedding_model": profile, "rerank_model": profile})

    found = list(arn_faults(given, None))

    assert [fault.partition(": ")[0] for fault in found] == [
        "knowledge_bases.handbooks.embedding_model",
        "knowledge_bases.handbooks.rerank_model",
    ]
