"""Faults of knowledge bases: their documents, their models, and passages that no vector or model can hold."""

import datetime
from collections.abc import Iterator

from deployment.checks.documents import documents_faults
from deployment.checks.knowledge_sources import MOST_DATA_SOURCES, MOST_OF_MANAGED, source_faults
from deployment.checks.managed_store import managed_faults
from deployment.checks.models import model_faults, require_answers
from deployment.checks.reading import reading_faults, require_parser
from deployment.checks.vector_stores import store_faults
from deployment.checks.web_sources import web_store_faults
from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import SETTINGS_OF_EXISTING, KnowledgeBase, KnowledgePrompt
from kit_contract.prompt_templates import CITATIONS, LIKE_ONE, LONGEST, PLACEHOLDERS, SEARCH_RESULTS
from kit_contract.rag_evaluation_jobs import EVALUATORS
from model_catalog import catalog

# https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html
RERANK_MODELS = ("amazon.rerank-v1:0", "cohere.rerank-v3-5:0")


def knowledge_base_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    if config.knowledge_base and (name := config.knowledge_base.name) in config.knowledge_bases:
        yield f"knowledge_bases.{name}: [knowledge_base] has the name {name!r}, too; rename one of them"
    for where, item in config.knowledge_base_sections.items():
        yield from model_faults(f"{where}.model", item.model, config, today, require_answers)
        if item.rerank_model:
            yield from model_faults(f"{where}.rerank_model", item.rerank_model, config, today, _require_reranking)
        yield from _evaluation_faults(where, item, config, today)
        yield from prompt_faults(where, item.prompt)
        if item.existing:
            yield from _existing_faults(where, item, config)
        else:
            yield from _built_faults(where, item, config, today)


def _existing_faults(where: str, item: KnowledgeBase, config: DeploymentConfig) -> Iterator[str]:
    for setting in type(item).model_fields:
        if setting == "store" and item.store == "managed":
            continue  # how it is asked, too
        if setting in item.model_fields_set and setting not in (*SETTINGS_OF_EXISTING, "name"):
            yield (
                f"{where}.{setting}: says how a knowledge base is made, and {where}.existing names one that exists; "
                "remove one of the two"
            )
    if item.store == "managed":
        yield from (f"{where}.{fault}" for fault in managed_faults(item, config.deployment))


def _built_faults(where: str, item: KnowledgeBase, config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    embedding = item.embedding_model
    if item.store != "managed":
        yield from model_faults(f"{where}.embedding_model", embedding, config, today, _require_embeddings)
        yield from (f"{where}.{fault}" for fault in _embedding_faults(item, config.model_id(embedding)))
    if item.parsing:
        yield from model_faults(f"{where}.parsing.model", item.parsing.model, config, today, require_parser)
    tokens = None if item.store == "managed" else _longest(config.model_id(embedding))
    yield from (f"{where}.{fault}" for fault in reading_faults(item, tokens))
    yield from (f"{where}.{fault}" for fault in store_faults(item, config.deployment))
    yield from (f"{where}.{fault}" for fault in web_store_faults(item, config.deployment))
    most = MOST_OF_MANAGED if item.store == "managed" else MOST_DATA_SOURCES
    yield from source_faults(where, item.sources, most)
    if item.documents is None and not item.sources:
        yield (
            f"{where}.documents is missing; add the folder that holds the documents, or sources, or existing, the id "
            "of a knowledge base that exists"
        )
    elif item.documents is None:
        return
    elif not item.documents.is_dir():
        yield f"{where}.documents: {item.documents} is not a folder; name the folder that holds the documents"
    else:
        yield from (f"{where}.documents: {fault}" for fault in documents_faults(item.documents))


def _embedding_faults(item: KnowledgeBase, model_id: str | None) -> Iterator[str]:
    if model_id is None:
        return  # provisioned throughput: its model is unknown
    try:
        model = catalog.find(model_id)
    except catalog.CatalogError:
        return  # a fault of embedding_model, or allow_unlisted
    if model.dimensions and item.dimensions not in model.dimensions:
        allowed = " or ".join(str(length) for length in model.dimensions)
        yield f"dimensions: {item.embedding_model} gives {allowed}, got {item.dimensions}; use {allowed}"


def _longest(model_id: str | None) -> int | None:
    """The most tokens that the embedding model takes, None if unknown."""
    try:
        return catalog.find(model_id).context_tokens if model_id else None
    except catalog.CatalogError:
        return None  # a fault of embedding_model, or allow_unlisted


def _require_embeddings(identifier: str, region: str) -> None:
    model = catalog.invocable(identifier, region)
    if "embedding" not in model.output:
        raise catalog.CatalogError(
            f"{identifier} gives {', '.join(model.output)}, no embeddings; kit models --output embedding"
        )


def _require_reranking(identifier: str, region: str) -> None:
    if identifier not in RERANK_MODELS:
        catalog.find(identifier)  # an unknown id may be a new model
        raise catalog.CatalogError(f"{identifier} does not rerank; use {' or '.join(RERANK_MODELS)}")
    model = catalog.find(identifier)
    if region not in model.on_demand_regions:
        there = [name for name in RERANK_MODELS if region in catalog.find(name).on_demand_regions]
        fix = f"use {there[0]}" if there else "remove the line, or deploy to one of these regions"
        offered = ", ".join(model.on_demand_regions)
        raise catalog.UnlistedError(f"{identifier} is offered in {offered}, got region {region}; {fix}")


def _evaluation_faults(
    where: str, item: KnowledgeBase, config: DeploymentConfig, today: datetime.date
) -> Iterator[str]:
    """The model must be one that judges in Bedrock's jobs."""
    if item.evaluation is None or item.existing:
        return  # of an existing one it is a fault anyway
    model, setting = item.evaluation.evaluator_model, f"{where}.evaluation.evaluator_model"
    yield from model_faults(setting, model, config, today, require_answers)
    if catalog.without_prefix(model) not in EVALUATORS and not config.deployment.allow_unlisted:
        yield (
            f"{setting} must be one of {', '.join(EVALUATORS)}, or a profile of one, got {model}; if Bedrock's user "
            "guide lists it for RAG evaluation by now: allow_unlisted = true in [deployment]"
        )


def prompt_faults(where: str, prompt: KnowledgePrompt | None) -> Iterator[str]:
    """What Bedrock refuses, and placeholders that it would leave as they are. `where`: the knowledge base's section."""
    if prompt is None:
        return
    where = f"{where}.prompt.file: {prompt.file.name}" if prompt.file else f"{where}.prompt.text"
    try:
        text = prompt.template
    except (OSError, UnicodeDecodeError) as error:
        yield f"{where} cannot be read as UTF-8: {getattr(error, 'strerror', None) or error}; name a text file"
        return
    if not 1 <= len(text) <= LONGEST:
        yield f"{where} must have 1 to {LONGEST:,} characters, got {len(text):,}; change it"
    if SEARCH_RESULTS not in text:
        yield f"{where} must hold {SEARCH_RESULTS}, which the passages replace; add it"
    if prompt.citations and CITATIONS not in text:
        yield (
            f"{where} lacks {CITATIONS}, without which answers cite no sources; add it, or set citations = false if "
            "they need none"
        )
    for name in sorted(set(LIKE_ONE.findall(text)) - set(PLACEHOLDERS)):
        yield f"{where}: {name} is not a placeholder; allowed are {', '.join(PLACEHOLDERS)}"
