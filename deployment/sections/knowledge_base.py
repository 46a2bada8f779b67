"""[knowledge_base] and [knowledge_bases.*]: the documents that answers cite, and how they are split and embedded."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.knowledge_sources import Source
from deployment.sections.reading import Reading
from deployment.sections.section import (
    FilePath,
    KnowledgeBaseId,
    ModelId,
    ModelIdOrArn,
    Name,
    Removal,
    Section,
    SecurityGroupId,
    SubnetId,
)

StoreName = Literal["s3-vectors", "opensearch-serverless", "aurora-postgresql", "managed"]
LARGEST_CAPACITY = 256


class AuroraPostgresql(Section):
    """Capacity in ACU. With a `min_capacity` of 0 it pauses after `pause_seconds` without requests.

    Without `subnet_ids` it has a network of its own that nothing can enter or leave.
    """

    min_capacity: Annotated[float, Field(ge=0, le=LARGEST_CAPACITY, multiple_of=0.5)] = 0
    max_capacity: Annotated[float, Field(ge=1, le=LARGEST_CAPACITY, multiple_of=0.5)] = 4
    pause_seconds: Annotated[int, Field(ge=300, le=86_400)] = 300
    subnet_ids: Annotated[list[SubnetId], Field(max_length=20)] = []
    security_group_ids: Annotated[list[SecurityGroupId], Field(max_length=5)] = []


class KnowledgePrompt(Section):
    """Of RetrieveAndGenerate: the `text`, or a `file` that holds it. Without `citations` it may lack what they need."""

    text: Annotated[str, Field(min_length=1)] | None = None
    file: FilePath | None = None
    citations: bool = True

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.file is None):
            raise ValueError("exactly one of text, file is needed; write the prompt or name the file that holds it")
        return self

    @property
    def template(self) -> str:
        """The checks have looked at the file."""
        if self.file is None:
            return (self.text or "").strip()
        return self.file.read_text(encoding="utf-8").strip()


class KnowledgeEvaluation(Section):
    """The stack makes the role of the jobs, which may ask this model. It costs nothing until a job runs."""

    evaluator_model: ModelId


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
