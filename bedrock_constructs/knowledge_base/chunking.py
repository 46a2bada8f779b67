"""Chunking strategies of a data source. Each is create-only: another one replaces the data source.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html
"""

from dataclasses import dataclass
from typing import Protocol

from aws_cdk import aws_bedrock as bedrock

from bedrock_constructs.arguments import check_whole

Configuration = bedrock.CfnDataSource.ChunkingConfigurationProperty
_properties = bedrock.CfnDataSource


class Chunking(Protocol):
    @property
    def configuration(self) -> Configuration: ...

    @property
    def replacing(self) -> tuple[object, ...]:
        """Parts of the data source's name: a replacement exists beside what it replaces, so its name differs."""


@dataclass(frozen=True)
class FixedSizeChunking:
    """`max_tokens`: 1 to 8192. `overlap_percentage`: 1 to 99."""

    max_tokens: int = 300
    overlap_percentage: int = 20

    def __post_init__(self) -> None:
        check_whole("max_tokens", self.max_tokens, 1, 8192)
        check_whole("overlap_percentage", self.overlap_percentage, 1, 99)

    @property
    def configuration(self) -> Configuration:
        fixed = _properties.FixedSizeChunkingConfigurationProperty(
            max_tokens=self.max_tokens, overlap_percentage=self.overlap_percentage
        )
        return Configuration(chunking_strategy="FIXED_SIZE", fixed_size_chunking_configuration=fixed)

    @property
    def replacing(self) -> tuple[object, ...]:
        return (self.max_tokens, self.overlap_percentage)


@dataclass(frozen=True)
class HierarchicalChunking:
    """Searches children and returns their parents. `overlap_tokens`: between neighbours on both levels."""

    parent_max_tokens: int = 1500
    child_max_tokens: int = 300
    overlap_tokens: int = 60

    @property
    def configuration(self) -> Configuration:
        levels = [
            _properties.HierarchicalChunkingLevelConfigurationProperty(max_tokens=tokens)
            for tokens in (self.parent_max_tokens, self.child_max_tokens)
        ]
        hierarchical = _properties.HierarchicalChunkingConfigurationProperty(
            level_configurations=levels, overlap_tokens=self.overlap_tokens
        )
        return Configuration(chunking_strategy="HIERARCHICAL", hierarchical_chunking_configuration=hierarchical)

    @property
    def replacing(self) -> tuple[object, ...]:
        return ("hierarchical", self.parent_max_tokens, self.child_max_tokens, self.overlap_tokens)


@dataclass(frozen=True)
class SemanticChunking:
    """Splits between sentences that differ. `buffer_sentences`: 0 or 1. `breakpoint_percentile`: 50 to 99."""

    max_tokens: int = 300
    buffer_sentences: int = 0
    breakpoint_percentile: int = 95

    @property
    def configuration(self) -> Configuration:
        semantic = _properties.SemanticChunkingConfigurationProperty(
            max_tokens=self.max_tokens,
            buffer_size=self.buffer_sentences,
            breakpoint_percentile_threshold=self.breakpoint_percentile,
        )
        return Configuration(chunking_strategy="SEMANTIC", semantic_chunking_configuration=semantic)

    @property
    def replacing(self) -> tuple[object, ...]:
        return ("semantic", self.max_tokens, self.buffer_sentences, self.breakpoint_percentile)


@dataclass(frozen=True)
class NoChunking:
    """Each file is one passage."""

    @property
    def configuration(self) -> Configuration:
        return Configuration(chunking_strategy="NONE")

    @property
    def replacing(self) -> tuple[object, ...]:
        return ("none",)
