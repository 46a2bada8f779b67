"""Shows which knowledge bases a deploy replaces: what the new one costs, and the old one until it is removed.

CloudFormation compares templates; this compares deployment.toml with what Bedrock says of the deployed ones. Changed
code of a `transformation`, and other properties of a collection, are not seen here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.lines import total
from deployment.costs.replaced_knowledge_base import AWAITED_MINUTES, filling, held_per_hour, minutes_to_fill
from deployment.sections.knowledge_base import KnowledgeBase, StoreName
from deployment.sections.reading import Reading
from kit.stack_outputs import stack_outputs
from kit_contract.aws_errors import code_of, says_denied
from kit_contract.model_arns import plain_id
from kit_contract.stacks import DATA_SOURCE_ID_OUTPUT, KNOWLEDGE_BASE_ID_OUTPUT, knowledge_base_stack

STORES: Mapping[str, StoreName] = {
    "S3_VECTORS": "s3-vectors",
    "OPENSEARCH_SERVERLESS": "opensearch-serverless",
    "RDS": "aurora-postgresql",
    "MANAGED": "managed",
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Replaced:
    """`base`: the deployed one, as Bedrock describes it. `longest_job`: minutes of its longest ingestion."""

    where: str
    section: KnowledgeBase
    base: Mapping[str, Any]
    changes: Sequence[str]
    longest_job: float


def tell_knowledge_base_changes(config: DeploymentConfig, clients: Callable[[str], Any], say: Say) -> None:
    """Says nothing of what stays, and of what is gone: `kit.deleted_resources` tells that."""
    from botocore.exceptions import BotoCoreError, ClientError

    sections = {where: item for where, item in config.knowledge_base_sections.items() if not item.existing}
    if not sections:
        return
    try:
        outputs = stack_outputs(clients("cloudformation"), knowledge_base_stack(config.deployment.name)) or {}
        found = [_replaced(config, where, section, outputs, clients) for where, section in sections.items()]
        replaced = [one for one in found if one]
        for one in replaced:
            say(f"[{one.where}] is made anew beside the old one: {', '.join(one.changes)}")
            for line in _consequences(config, one):
                say(line)
        for line in _too_long(replaced):
            say(line)
    except (ClientError, BotoCoreError) as error:
        say(f"warning: which knowledge bases the deploy replaces is unknown: {error}")


def _replaced(
    config: DeploymentConfig,
    where: str,
    section: KnowledgeBase,
    outputs: Mapping[str, str],
    clients: Callable[[str], Any],
) -> Replaced | None:
    key = config.knowledge_base_key(where.rpartition(".")[2]) if "." in where else ""
    if f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}" not in outputs:
        return None
    agent = clients("bedrock-agent")
    found = _deployed(agent, outputs, key)
    if found is None:
        return None
    base, source = found
    changes = [*_of_knowledge_base(section, base), *_of_data_source(section, source)]
    if not changes:
        return None
    return Replaced(where, section, base, changes, _longest_job(agent, outputs[f"{key}{KNOWLEDGE_BASE_ID_OUTPUT}"]))


def _longest_job(agent: Any, identifier: str) -> float:
    """Of all data sources: what lies in buckets and on web sites has no size here, but it was ingested before.

    0 without the permission to look: the rest is told.
    """
    try:
        return max(_minutes_of_jobs(agent, identifier), default=0.0)
    except Exception as error:
        if not says_denied(error):
            raise
        return 0.0


def _minutes_of_jobs(agent: Any, identifier: str) -> Iterator[float]:
    sources = agent.get_paginator("list_data_sources").paginate(knowledgeBaseId=identifier)
    for source in (one["dataSourceId"] for page in sources for one in page["dataSourceSummaries"]):
        jobs = agent.get_paginator("list_ingestion_jobs").paginate(knowledgeBaseId=identifier, dataSourceId=source)
        for job in (one for page in jobs for one in page["ingestionJobSummaries"] if one["status"] == "COMPLETE"):
            yield (job["updatedAt"] - job["startedAt"]).total_seconds() / 60


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


def _consequences(config: DeploymentConfig, replaced: Replaced) -> Iterator[str]:
    where, section = replaced.where, replaced.section
    store = STORES.get(_type_of_store(replaced.base), section.store)
    yield f"  all documents are embedded again: USD {total([filling(config, where, section)])}"
    held = held_per_hour(section, store, config.deployment.region)
    yield f"  the old one ({store}) answers until the new one is filled; then the deploy removes it: USD {held} an hour"
    if store == "aurora-postgresql" != section.store and section.removal == "retain":
        yield '  its cluster stays (removal = "retain") and is billed until you delete it: kit reap'


def _too_long(replaced: Sequence[Replaced]) -> Iterator[str]:
    """They are filled at the same time, and what has one embedding model shares the account's quota of it."""
    for model in dict.fromkeys(one.section.embedding_model for one in replaced):
        together = [one for one in replaced if one.section.embedding_model == model]
        least = sum(minutes_to_fill(one.section) for one in together)
        longest = max(one.longest_job for one in together)
        if max(least, longest) <= AWAITED_MINUTES:
            continue
        why = f"takes {least:,.0f} minutes or more" if least >= longest else f"took {longest:,.0f} minutes before"
        yield (
            f"  warning: filling {', '.join(f'[{one.where}]' for one in together)} {why}, and CloudFormation waits for "
            "an hour: the deploy would probably fail and keep the old one, after embedding all was paid for. Make "
            "another section beside it instead (docs/knowledge-bases.md#change-what-answers)"
        )
