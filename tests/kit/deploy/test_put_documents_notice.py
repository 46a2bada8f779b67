"""What a deploy says about documents that were put and that go with it."""

from typing import Any

import pytest

from deployment.config import DeploymentConfig
from kit.deploy import put_documents_notice
from kit.deploy.put_documents_notice import notices
from kit.knowledge.deployed import Deployed, KnowledgeBase
from kit.knowledge.described import Description, Source

FIXED = "fixed size, maxTokens 300, overlapPercentage 20"
CUSTOM = {"notes": {"kind": "custom"}}


def deployed(**section: Any) -> Deployed:
    given = {"model": "amazon.nova-micro-v1:0", "documents": "x", "sources": CUSTOM, **section}
    config = DeploymentConfig.model_validate(
        {"deployment": {"name": "sup", "region": "us-east-1"}, "knowledge_bases": {"docs": given}}
    )
    base = KnowledgeBase("docs", "KB12345678", config.knowledge_bases["docs"])
    return Deployed("sup", "us-east-1", "aws", config, {"docs": base}, lambda _: None)


def said(monkeypatch: pytest.MonkeyPatch, found: Deployed, documents: int = 2, chunking: str = FIXED) -> list[str]:
    source = Source("DS12345678", "notes-1a2b3c4d", "CUSTOM", "AVAILABLE", (), None, (), chunking)
    held = Description("KB12345678", "ACTIVE", (), "S3_VECTORS", "amazon.titan-embed-text-v2:0", 1024, (source,))
    monkeypatch.setattr(put_documents_notice, "described", lambda *_: held)
    monkeypatch.setattr(put_documents_notice, "listed_documents", lambda *_: iter(range(documents)))
    return list(notices(found))


HIERARCHICAL = "hierarchical, overlapTokens 60, levels 1500/300"


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ({"sources": {}}, "deployment.toml does not have the source any more"),
        ({"sources": {"notes": {"kind": "s3", "bucket": "notes"}}}, "deployment.toml does not have the source"),
        ({"embedding_model": "cohere.embed-english-v3"}, "the embedding model changes"),
        ({"dimensions": 512}, "the dimensions change"),
        ({"store": "aurora-postgresql"}, "the store changes"),
        ({"chunk_max_tokens": 200}, "the chunking changes"),
        ({"chunking": "hierarchical"}, "the chunking changes"),
    ],
)
def test_documents_that_a_deploy_deletes_are_named(
    monkeypatch: pytest.MonkeyPatch, section: dict[str, Any], why: str
) -> None:
    (line,) = said(monkeypatch, deployed(**section))

    assert line.startswith(
        f"what was put into notes-1a2b3c4d of docs goes with this deploy (2 documents), because {why}"
    )
    assert said(monkeypatch, deployed(**section), documents=0) == []


@pytest.mark.parametrize(
    ("section", "chunking"),
    [
        ({}, FIXED),
        ({"model": "amazon.nova-lite-v1:0"}, FIXED),
        ({"chunking": "hierarchical"}, HIERARCHICAL),
        ({"chunking": "none"}, "none"),
        (
            {"chunking": "semantic"},
            "semantic, breakpointPercentileThreshold 95, bufferSize 0, maxTokens 300",
        ),
    ],
)
def test_a_deploy_that_keeps_them_says_nothing(
    monkeypatch: pytest.MonkeyPatch, section: dict[str, Any], chunking: str
) -> None:
    assert said(monkeypatch, deployed(**section), chunking=chunking) == []
