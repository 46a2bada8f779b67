"""From the settings of a knowledge base to how its data source reads documents."""

import aws_cdk as cdk

from bedrock_constructs.knowledge_base.chunking import (
    Chunking,
    FixedSizeChunking,
    HierarchicalChunking,
    NoChunking,
    SemanticChunking,
)
from bedrock_constructs.knowledge_base.reading import FoundationModelParsing, Reading
from bedrock_constructs.knowledge_base.transformation import TransformationCode
from deployment.sections import reading as sections
from deployment.sections.python_code import code_files
from model_catalog import catalog


def reading_of(section: sections.Reading, stack: cdk.Stack) -> Reading:
    transformation = section.transformation
    return Reading(
        chunking=_chunking(section),
        parsing=_parsing(section.parsing, stack) if section.parsing else None,
        transformation=TransformationCode(code_files(transformation), section.transformation_handler)
        if transformation
        else None,
    )


def _chunking(section: sections.Reading) -> Chunking:
    levels, semantic = section.hierarchical, section.semantic
    if section.chunking == "hierarchical":
        return HierarchicalChunking(levels.parent_max_tokens, levels.child_max_tokens, levels.overlap_tokens)
    if section.chunking == "semantic":
        return SemanticChunking(semantic.max_tokens, semantic.buffer_sentences, semantic.breakpoint_percentile)
    if section.chunking == "none":
        return NoChunking()
    return FixedSizeChunking(section.chunk_max_tokens, section.chunk_overlap_percentage)


def _parsing(section: sections.Parsing, stack: cdk.Stack) -> FoundationModelParsing:
    arns = catalog.invoke_arns(section.model, stack.region, stack.account, partition=stack.partition)
    return FoundationModelParsing(arns, section.prompt)
