"""[knowledge_base]: the documents that answers cite, and how they are split and embedded."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import FilePath, ModelIdOrArn, Name, Removal, Section


class KnowledgeBase(Section):
    name: Name = "documents"
    documents: FilePath
    embedding_model: ModelIdOrArn = "amazon.titan-embed-text-v2:0"
    dimensions: Annotated[int, Field(ge=1, le=4096)] = 1024
    model: ModelIdOrArn
    rerank_model: ModelIdOrArn | None = None
    chunk_max_tokens: Annotated[int, Field(ge=20, le=8192)] = 300
    chunk_overlap_percentage: Annotated[int, Field(ge=1, le=99)] = 20
    removal: Removal = "retain"
    guardrail: Name | None = None
