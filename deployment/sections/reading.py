"""How documents become passages: [knowledge_base] and its .hierarchical, .semantic and .parsing.

Ranges: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ChunkingConfiguration.html and
API_agent_ParsingPrompt.html. Defaults of hierarchical and semantic chunking: those of Bedrock's console.
"""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.python_code import default_handler
from deployment.sections.section import FilePath, ModelId, Section

Tokens = Annotated[int, Field(ge=20, le=8192)]


class Hierarchical(Section):
    """Child passages are searched; the parents that hold them are returned."""

    parent_max_tokens: Tokens = 1500
    child_max_tokens: Tokens = 300
    overlap_tokens: Annotated[int, Field(ge=1, le=8191)] = 60


class Semantic(Section):
    """A passage ends where the next sentence is less alike than `breakpoint_percentile` of all neighbours are.

    `buffer_sentences`: how many sentences on each side are compared together with one.
    """

    max_tokens: Tokens = 300
    buffer_sentences: Annotated[int, Field(ge=0, le=1)] = 0
    breakpoint_percentile: Annotated[int, Field(ge=50, le=99)] = 95


class Parsing(Section):
    """A foundation model reads PDF files, with figures and tables. Without a `prompt`, Bedrock uses its own."""

    model: ModelId
    prompt: Annotated[str, Field(min_length=1, max_length=10_000)] | None = None


class Reading(Section):
    """`chunk_max_tokens` and `chunk_overlap_percentage` are of fixed chunking.

    `transformation`: a Python file, or a folder with lambda_function.py, whose `lambda_handler` gets the passages.
    """

    chunking: Literal["fixed", "hierarchical", "semantic", "none"] = "fixed"
    chunk_max_tokens: Tokens = 300
    chunk_overlap_percentage: Annotated[int, Field(ge=1, le=99)] = 20
    hierarchical: Hierarchical = Hierarchical()
    semantic: Semantic = Semantic()
    parsing: Parsing | None = None
    transformation: FilePath | None = None

    @property
    def transformation_handler(self) -> str:
        return default_handler(self.transformation)

    @property
    def embedded_tokens(self) -> int | None:
        """The most tokens of what is embedded at once; None without chunking, where a file is the passage."""
        return {
            "fixed": self.chunk_max_tokens,
            "hierarchical": self.hierarchical.child_max_tokens,
            "semantic": self.semantic.max_tokens,
        }.get(self.chunking)
