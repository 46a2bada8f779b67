"""Tells before a deploy which documents of custom sources it deletes: nobody but their owner can put them again.

A changed transformation shows in its code only, and is not found here. Rights: those of `kit knowledge status`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from deployment.sections.knowledge_base import KnowledgeBase as Section
from kit.knowledge.deployed import Deployed, deployed
from kit.knowledge.described import Description, Source, described
from kit.knowledge.document_statuses import listed_documents
from kit_contract.counted import counted
from kit_contract.errors import ExternalError
from kit_contract.model_arns import plain_id

Say = Callable[[str], None]
STORES = {"S3_VECTORS": "s3-vectors", "OPENSEARCH_SERVERLESS": "opensearch-serverless", "RDS": "aurora-postgresql"}


def put_documents_notice(config: DeploymentConfig, session: Any, clients: Callable[[str], Any], say: Say) -> None:
    """Says nothing where there is no knowledge base yet. Without the permission to look, the deploy goes on."""
    try:
        found = deployed(config, config.deployment.name, session, clients)
        for line in notices(found):
            say(f"warning: {line}")
    except ExternalError:
        return
    except (ClientError, BotoCoreError) as error:
        say(f"warning: whether the deploy deletes documents that were put is unknown: {error}")


def notices(found: Deployed) -> Iterator[str]:
    for base in found.chosen(None):
        section = base.section
        if section and section.existing:
            continue
        description = described(found, base)
        for source in description.sources:
            if source.kind != "CUSTOM" or not (why := _why(section, description, source)):
                continue
            count = sum(1 for _ in listed_documents(found, base.id, source.id))
            if count:
                yield (
                    f"what was put into {source.name} of {base.name} goes with this deploy "
                    f"({counted(count, 'document')}), because {why}; put it there again after it: "
                    f"kit knowledge put --knowledge-base {base.name} PATH"
                )


def _why(section: Section | None, description: Description, source: Source) -> str:
    """Empty if the deploy keeps the data source."""
    name = source.name.rpartition("-")[0]
    if section is None or name not in section.sources or section.sources[name].kind != "custom":
        return "deployment.toml does not have the source any more"
    if description.model != (plain_id(section.embedding_model) or section.embedding_model).rpartition("/")[2]:
        return "the embedding model changes"
    if description.dimensions and description.dimensions != section.dimensions:
        return "the dimensions change"
    if STORES.get(description.store, section.store) != section.store:
        return "the store changes"
    return "the chunking changes" if set(source.chunking.split(", ")) != set(_chunking(section).split(", ")) else ""


def _chunking(section: Section) -> str:
    """In the words of kit.knowledge.described."""
    if section.chunking == "hierarchical":
        levels = section.hierarchical
        sizes = f"levels {levels.parent_max_tokens}/{levels.child_max_tokens}"
        return f"hierarchical, overlapTokens {levels.overlap_tokens}, {sizes}"
    if section.chunking == "semantic":
        semantic = section.semantic
        return (
            f"semantic, maxTokens {semantic.max_tokens}, bufferSize {semantic.buffer_sentences}, "
            f"breakpointPercentileThreshold {semantic.breakpoint_percentile}"
        )
    if section.chunking == "none":
        return "none"
    return f"fixed size, maxTokens {section.chunk_max_tokens}, overlapPercentage {section.chunk_overlap_percentage}"
