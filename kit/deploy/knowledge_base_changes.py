"""Shows which knowledge bases a deploy replaces: what the new one costs, and the old one until it is removed.

CloudFormation compares templates; this compares deployment.toml with what Bedrock says of the deployed ones. Changed
code of a `transformation`, and other properties of a collection, are not seen here.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.lines import total
from deployment.costs.replaced_knowledge_base import AWAITED_MINUTES, filling, held_per_hour, minutes_to_fill
from deployment.sections.knowledge_base import KnowledgeBase, StoreName
from deployment.sections.reading import Reading
from kit.stack_outputs import stack_outputs
from kit_contract.aws_errors import code_of
from kit_contract.model_arns import plain_id
from kit_contract.stacks import DATA_SOURCE_ID_OUTPUT, KNOWLEDGE_BASE_ID_OUTPUT, knowledge_base_stack

STORES: Mapping[str, StoreName] = {
    "S3_VECTORS": "s3-vectors",
    "OPENSEARCH_SERVERLESS": "opensearch-serverless",
    "RDS": "aurora-postgresql",
    "MANAGED": "managed",
}
Say = Callable[[str], None]


def tell_knowledge_base_changes(config: DeploymentConfig, clients: Callable[[str], Any], say: Say) -> None:
    """Says nothing of what stays, and of what is gone: `kit.deleted_resources` tells that."""
    from botocore.exceptions import BotoCoreError, ClientError

    sections = {where: item for where, item in config.knowledge_base_sections.items() if not item.existing}
    if not sections:
        return
    try:
        outputs = stack_outputs(clients("cloudformation"), knowledge_base_stack(config.deployment.name)) or {}
        for where, section in sections.items():
            for line in _told(config, where, section, outputs, clients):
                say(line)
    except (ClientError, BotoCoreError) as error:
        say(f"warning: which knowledge bases the deploy replaces is unknown: {error}")


def _told(
    config: DeploymentConfig,
    where: str,
    section: KnowledgeBase,
    outputs: Mapping[str, str],
    clients: Callable[[str], Any],
) -> Iterator[str]:
    key = config.knowledge_base_key(where.rpartition(".")[2]) if "." in where else ""
    if f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}" not in outputs:
        return
    found = _deployed(clients("bedrock-agent"), outputs, key)
    if found is None:
        return
    base, source = found
    changes = [*_of_knowledge_base(section, base), *_of_data_source(section, source)]
    if changes:
        yield f"[{where}] is made anew beside the old one: {', '.join(changes)}"
        store = STORES.get(_type_of_store(base), section.store)
        yield from _consequences(config, where, section, store)


def _deployed(agent: Any, outputs: Mapping[str, str], key: str) -> tuple[Any, Any] | None:
    """The knowledge base and its data source; None if one of them was deleted by hand."""
    identifier = outputs[f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}"]
    try:
        base = agent.get_knowledge_base(knowledgeBaseId=identifier)["knowledgeBase"]
        source = agent.get_data_source(
            knowledgeBaseId=identifier, dataSourceId=outputs[f"{key}{DATA_SOURCE_ID_OUTPUT}"]
        )["dataSource"]
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return None
    return base, source


def _type_of_store(base: Mapping[str, Any]) -> str:
    """A managed knowledge base has no storage of its own."""
    return str((base.get("storageConfiguration") or base["knowledgeBaseConfiguration"])["type"])


def _of_knowledge_base(section: KnowledgeBase, base: Mapping[str, Any]) -> Iterator[str]:
    store = _type_of_store(base)
    pairs: list[tuple[str, object, object]] = [("store", STORES.get(store, store), section.store)]
    if "managed" not in pairs[0]:  # which embeds with a model of its own
        vectors = base["knowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]
        embedding = vectors.get("embeddingModelConfiguration", {}).get("bedrockEmbeddingModelConfiguration", {})
        model = plain_id(section.embedding_model) or section.embedding_model.rpartition("/")[2]
        pairs += [
            ("embedding_model", vectors["embeddingModelArn"].rpartition("/")[2], model),
            ("dimensions", embedding.get("dimensions", section.dimensions), section.dimensions),
        ]
    yield from (f"{name} {before} -> {after}" for name, before, after in pairs if before != after)


def _of_data_source(section: KnowledgeBase, source: Mapping[str, Any]) -> Iterator[str]:
    ingestion = source.get("vectorIngestionConfiguration") or {}
    if ingestion.get("chunkingConfiguration", _chunking(section)) != _chunking(section):
        yield "chunking"
    parser = (ingestion.get("parsingConfiguration") or {}).get("bedrockFoundationModelConfiguration") or {}
    before = (parser.get("modelArn", "").rpartition("/")[2], parser.get("parsingPrompt", {}).get("parsingPromptText"))
    after = (section.parsing.model, section.parsing.prompt) if section.parsing else ("", None)
    if before != after:
        yield "parsing"
    if bool(ingestion.get("customTransformationConfiguration")) != bool(section.transformation):
        yield "transformation"


def _chunking(section: Reading) -> dict[str, Any]:
    """As Bedrock describes it: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ChunkingConfiguration.html"""
    levels, semantic = section.hierarchical, section.semantic
    fixed = {"maxTokens": section.chunk_max_tokens, "overlapPercentage": section.chunk_overlap_percentage}
    sizes = [{"maxTokens": tokens} for tokens in (levels.parent_max_tokens, levels.child_max_tokens)]
    by_meaning = {
        "maxTokens": semantic.max_tokens,
        "bufferSize": semantic.buffer_sentences,
        "breakpointPercentileThreshold": semantic.breakpoint_percentile,
    }
    named: dict[str, tuple[str, dict[str, Any]]] = {
        "fixed": ("FIXED_SIZE", {"fixedSizeChunkingConfiguration": fixed}),
        "hierarchical": (
            "HIERARCHICAL",
            {
                "hierarchicalChunkingConfiguration": {
                    "levelConfigurations": sizes,
                    "overlapTokens": levels.overlap_tokens,
                }
            },
        ),
        "semantic": ("SEMANTIC", {"semanticChunkingConfiguration": by_meaning}),
        "none": ("NONE", {}),
    }
    strategy, settings = named[section.chunking]
    return {"chunkingStrategy": strategy, **settings}


def _consequences(config: DeploymentConfig, where: str, section: KnowledgeBase, store: StoreName) -> Iterator[str]:
    yield f"  all documents are embedded again: USD {total([filling(config, where, section)])}"
    held = held_per_hour(section, store, config.deployment.region)
    yield f"  the old one ({store}) answers until the new one is filled; then the deploy removes it: USD {held} an hour"
    if store == "aurora-postgresql" != section.store and section.removal == "retain":
        yield '  its cluster stays (removal = "retain") and is billed until you delete it: kit reap'
    minutes = minutes_to_fill(section)
    if minutes > AWAITED_MINUTES:
        yield (
            f"  warning: filling it takes {minutes:,.0f} minutes or more, and CloudFormation waits for an hour: the "
            "deploy would fail and keep the old one; make another section beside it instead (docs/knowledge-bases.md)"
        )
