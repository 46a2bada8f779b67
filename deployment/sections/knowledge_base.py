"""[knowledge_base]: documents that answers are grounded in."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import Name, Removal, Section


class KnowledgeBase(Section):
    name: Name = "documents"
    documents: Path
    embedding_model: str = "amazon.titan-embed-text-v2:0"
    dimensions: Literal[256, 512, 1024] = 1024
    model: str
    chunk_max_tokens: Annotated[int, Field(ge=20, le=8192)] = 300
    chunk_overlap_percentage: Annotated[int, Field(ge=1, le=99)] = 20
    removal: Removal = "retain"
