"""What a knowledge base costs: ingesting its documents once, storing them, and answering questions.

Passages and tokens are estimated from the documents' size on disk, as if every byte were text (a PDF has less text).
"""

from collections.abc import Iterator
from dataclasses import replace

from deployment.config import DeploymentConfig
from deployment.costs.guardrails import GuardedText, guardrail_lines
from deployment.costs.inference_api import Traffic, serving_lines, token_lines
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.reading import Passages, comparing_line, document_sizes, parsing_lines, passages_of
from deployment.costs.vector_stores import (
    FLOAT_BYTES,
    MANAGED,
    Vectors,
    capacity_groups,
    capacity_lines,
    query_lines,
    stored_lines,
    writing_lines,
)
from deployment.sections.knowledge_base import KnowledgeBase
from kit_contract.counted import counted
from kit_contract.model_arns import plain_id
from model_catalog.prices import price
from training_data.token_estimate import BYTES_PER_TOKEN

PASSAGES_PER_ANSWER = 5  # the API's default


def document_bytes(section: KnowledgeBase) -> int:
    return sum(document_sizes(section).values())


def vectors(section: KnowledgeBase, passages: Passages) -> Vectors:
    """Of 4-byte floats, with the passage's text, which Bedrock stores beside them."""
    each = section.dimensions * FLOAT_BYTES + passages.stored * BYTES_PER_TOKEN
    return Vectors(passages.count * each, passages.count, section.dimensions, passages.size)


def storage_lines(config: DeploymentConfig) -> Iterator[CostLine]:
    region = config.deployment.region
    stored = []
    for where, section in config.knowledge_base_sections.items():
        if not section.existing:  # what it stores is paid for where it was made
            stored.append((section, vectors(section, passages_of(section))))
            yield from stored_lines(section, _label("vectors", where), stored[-1][1], region)
    yield from capacity_lines(stored, region)


def knowledge_base_groups(config: DeploymentConfig, traffic: Traffic) -> list[CostGroup]:
    groups = []
    for where, section in config.knowledge_base_sections.items():
        if not section.existing:
            groups.append(ingestion_group(config, where, section))
        groups += capacity_groups(section, where, config.deployment.region)
        groups.append(_questions(config, where, section, traffic))
    return groups


def _label(what: str, where: str) -> str:
    """`what`, with the name of one of [knowledge_bases.*]."""
    _, _, name = where.partition(".")
    return f"{what} {name}".rstrip()


def _title(what: str, where: str) -> str:
    _, _, name = where.partition(".")
    return f"{what} ({name})" if name else what


def ingestion_group(config: DeploymentConfig, where: str, section: KnowledgeBase) -> CostGroup:
    region = config.deployment.region
    size, passages = document_bytes(section), passages_of(section)
    what = f"{size:,} bytes in {counted(passages.count, 'passage')}, about {passages.embedded:,} tokens"
    lines = (
        *parsing_lines(config, section),
        *comparing_line(passages, _embedding_model(section), region),
        *_embedding_lines(what, passages.embedded, section, region),
        *_source_lines(section, region),
        *writing_lines(section.store, vectors(section, passages), region),
    )
    return CostGroup(f"{where}.ingestion", _title("Ingestion of all documents, once", where), lines)


def _source_lines(section: KnowledgeBase, region: str) -> Iterator[CostLine]:
    """Documents elsewhere, whose size nobody knows at synthesis."""
    for name, source in section.sources.items():
        yield line(
            f"source {name}",
            source.content,
            None,
            price("embedding_tokens", model=_embedding_model(section), region=region),
            missing=f"embedding tokens of {_embedding_model(section)} in {region}",
        )


def _questions(config: DeploymentConfig, where: str, section: KnowledgeBase, traffic: Traffic) -> CostGroup:
    region = config.deployment.region
    asked = traffic.requests * traffic.input_tokens
    passages = passages_of(section)
    shown = PASSAGES_PER_ANSWER * passages.shown
    grounded = replace(traffic, input_tokens=traffic.input_tokens + shown)
    guarded = GuardedText(traffic.input_tokens, traffic.output_tokens, shown)
    # Where an existing one keeps its vectors is not known, nor what that costs.
    stored = vectors(section, passages)
    searched = () if section.existing else query_lines(section.store, stored, traffic.requests, region)
    lines = (
        *_embedding_lines(f"{traffic.requests:,} x {traffic.input_tokens:,} tokens", asked, section, region),
        *searched,
        *guardrail_lines(config.guardrails.get(section.guardrail or ""), guarded, traffic.requests, region),
        *token_lines(grounded, config.priced_model(section.model), region),
        *serving_lines(traffic, region),
    )
    title = _title(f"{counted(traffic.requests, 'cited answer')} of {section.model}", where)
    return CostGroup(f"{where}.requests", title, lines)


def _embedding_lines(what: str, tokens: int, section: KnowledgeBase, region: str) -> Iterator[CostLine]:
    """None of a managed one, whose price includes it."""
    if section.store != MANAGED:
        yield embedding_line(what, tokens, section, region)


def embedding_line(what: str, tokens: int, section: KnowledgeBase, region: str) -> CostLine:
    model = _embedding_model(section)
    found = price("embedding_tokens", model=model, region=region)
    return line("embedding", what, tokens, found, missing=f"embedding tokens of {model} in {region}")


def _embedding_model(section: KnowledgeBase) -> str:
    return plain_id(section.embedding_model) or section.embedding_model
