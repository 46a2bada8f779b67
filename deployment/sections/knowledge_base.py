"""[knowledge_base] and [knowledge_bases.*]: the documents that answers cite, and how they are split and embedded."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.aurora_postgresql import AuroraPostgresql
from deployment.sections.knowledge_evaluation import KnowledgeEvaluation
from deployment.sections.knowledge_prompt import KnowledgePrompt
from deployment.sections.knowledge_sources import Source
from deployment.sections.reading import Reading
from deployment.sections.section import FilePath, KnowledgeBaseId, ModelIdOrArn, Name, Removal

StoreName = Literal["s3-vectors", "opensearch-serverless", "aurora-postgresql", "managed"]


class KnowledgeBase(Reading):
    """Either of its own `documents` and `sources`, or an `existing` one: those settings exclude each other."""

    documents: FilePath | None = None
    existing: KnowledgeBaseId | None = None
    sources: dict[Name, Source] = {}
    store: StoreName = "s3-vectors"
    standby_replicas: bool = False
    aurora_postgresql: AuroraPostgresql = AuroraPostgresql()
    embedding_model: ModelIdOrArn = "amazon.titan-embed-text-v2:0"
    dimensions: Annotated[int, Field(ge=1, le=4096)] = 1024
    model: ModelIdOrArn
    rerank_model: ModelIdOrArn | None = None
    removal: Removal = "retain"
    guardrail: Name | None = None
    evaluation: KnowledgeEvaluation | None = None
    prompt: KnowledgePrompt | None = None


# Of an existing knowledge base: how it is asked, with store = "managed". Everything else is decided where it was made.
SETTINGS_OF_EXISTING = ("existing", "model", "rerank_model", "guardrail", "prompt")


class SingleKnowledgeBase(KnowledgeBase):
    """[knowledge_base], whose name is a setting."""

    name: Name = "documents"
