"""Faults of how documents are read: passages that no vector or model holds, models that cannot parse, broken functions.

A fault starts with its setting below the section.
"""

from collections.abc import Iterator

from deployment.checks.python_code import function_faults
from deployment.config import DeploymentConfig
from deployment.documents import read_documents_folder
from deployment.sections.knowledge_base import KnowledgeBase
from deployment.sections.reading import Reading
from model_catalog import catalog

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html: all metadata of a vector, to which
# Bedrock adds the passage's text, and what of it can be filtered by.
VECTOR_METADATA_BYTES, FILTERABLE_METADATA_BYTES = 40 * 1024, 2 * 1024
TEXT_BYTES = VECTOR_METADATA_BYTES - FILTERABLE_METADATA_BYTES
# A European language's average (training_data/token_estimate.py): what an ordinary document reaches.
LARGEST_BYTES_PER_TOKEN = 5
LONGEST_OF_S3_VECTORS = TEXT_BYTES // LARGEST_BYTES_PER_TOKEN
# Bedrock reads these as they are; of other types the text is shorter than the file.
PLAIN_TEXT = (".txt", ".md", ".csv")
# "Claude vision models, Nova vision models, LLama 4 vision models":
# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html#knowledge-base-supported-parsing
PARSERS = ("anthropic.claude-", "amazon.nova-", "meta.llama4-")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
RESOLVED = "{{resolve:"
SETTINGS = {
    "fixed": ("chunk_max_tokens", "chunk_overlap_percentage"),
    "hierarchical": ("hierarchical",),
    "semantic": ("semantic",),
    "none": (),
}
MOST_TOKENS = {
    "fixed": "chunk_max_tokens",
    "hierarchical": "hierarchical.child_max_tokens",
    "semantic": "semantic.max_tokens",
}


def reading_faults(item: KnowledgeBase, model_tokens: int | None) -> Iterator[str]:
    """`model_tokens`: the most that the embedding model takes, None if unknown."""
    s3_vectors = item.store == "s3-vectors"
    yield from _settings_of_others(item)
    if item.chunking == "hierarchical":
        yield from _level_faults(item)
    yield from _model_limit_faults(item, model_tokens)
    if s3_vectors:
        yield from _vector_limit_faults(item)
    if item.chunking == "none" and item.transformation is None:
        yield from _whole_file_faults(item, model_tokens, s3_vectors=s3_vectors)
    if item.parsing and RESOLVED in (item.parsing.prompt or ""):
        yield f"parsing.prompt: CloudFormation would replace {RESOLVED}...}}}}; write it otherwise"
    if item.transformation:
        fix = "name the file, or a folder with lambda_function.py"
        yield from function_faults("transformation", item.transformation, item.transformation_handler, fix=fix)


def reading_warnings(config: DeploymentConfig) -> Iterator[str]:
    for where, item in config.knowledge_base_sections.items():
        if item.chunking == "hierarchical" and item.store == "s3-vectors" and not item.existing:
            yield f'{where}.chunking: AWS does not recommend "hierarchical" with S3 Vectors; try "fixed" as well'


def require_parser(identifier: str, region: str) -> None:
    """Raises CatalogError unless Bedrock can parse documents with the model."""
    model = catalog.invocable(identifier, region)
    if "image" not in model.input or "text" not in model.output or not model.inference_id.startswith(PARSERS):
        raise catalog.CatalogError(
            f"{identifier} does not parse documents; use a Claude, Nova or Llama 4 model that reads images: "
            "kit models --output text"
        )


def _settings_of_others(item: Reading) -> Iterator[str]:
    for chunking, settings in SETTINGS.items():
        for setting in settings:
            if chunking != item.chunking and setting in item.model_fields_set:
                given = f'got chunking = "{item.chunking}"'
                yield f'{setting}: applies to chunking = "{chunking}" only, {given}; remove one of the two'


def _level_faults(item: Reading) -> Iterator[str]:
    levels = item.hierarchical
    for setting, value, below in (
        ("child_max_tokens", levels.child_max_tokens, "parent_max_tokens"),
        ("overlap_tokens", levels.overlap_tokens, "child_max_tokens"),
    ):
        limit = getattr(levels, below)
        if value >= limit:
            yield f"hierarchical.{setting}: must be less than {below}, which is {limit}, got {value}; lower it"


def _model_limit_faults(item: KnowledgeBase, limit: int | None) -> Iterator[str]:
    tokens = item.embedded_tokens
    if limit is not None and tokens is not None and tokens > limit:
        yield (
            f"{MOST_TOKENS[item.chunking]}: {item.embedding_model} embeds at most {limit} tokens, got {tokens}; "
            f"use {limit} or less"
        )


def _vector_limit_faults(item: Reading) -> Iterator[str]:
    limit = LONGEST_OF_S3_VECTORS
    tokens = item.embedded_tokens or 0
    if item.chunking == "hierarchical":  # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-chunking.html
        parent = item.hierarchical.parent_max_tokens
        if parent + tokens > limit:
            yield (
                f"hierarchical: a parent of {parent} and a child of {tokens} tokens can be longer than the "
                f"{VECTOR_METADATA_BYTES:,} bytes of text and metadata that S3 Vectors stores with a vector; use "
                f"{limit} or less together"
            )
    elif tokens > limit:
        yield (
            f"{MOST_TOKENS[item.chunking]}: a passage of {tokens} tokens can be longer than the "
            f"{VECTOR_METADATA_BYTES:,} bytes of text and metadata that S3 Vectors stores with a vector; "
            f"use {limit} or less"
        )


def _whole_file_faults(item: KnowledgeBase, model_tokens: int | None, *, s3_vectors: bool) -> Iterator[str]:
    limits = [(TEXT_BYTES, "S3 Vectors stores")] if s3_vectors else []
    if model_tokens is not None:
        limits.append((model_tokens * LARGEST_BYTES_PER_TOKEN, f"{item.embedding_model} embeds"))
    if not limits or item.documents is None:
        return
    limit, who = min(limits)
    found = read_documents_folder(item.documents).documents
    sizes = {name: path.stat().st_size for name, path in found.items() if name.lower().endswith(PLAIN_TEXT)}
    if large := [f"{name} ({size:,} bytes)" for name, size in sizes.items() if size > limit]:
        shown = ", ".join(large[:10]) + (f", and {len(large) - 10} more" if len(large) > 10 else "")
        yield f'chunking: with "none" a file is a passage, and {who} at most {limit:,} bytes of text, got {shown}; ' + (
            "split them, or choose another chunking"
        )
