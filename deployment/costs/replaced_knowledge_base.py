"""What a knowledge base costs while its replacement is filled beside it, and whether it can be filled in time."""

from deployment.config import DeploymentConfig
from deployment.costs.knowledge_base import ingestion_group, vectors
from deployment.costs.lines import CostGroup, amount
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from deployment.costs.reading import passages_of
from deployment.costs.vector_stores import capacity_lines, stored_lines
from deployment.sections.knowledge_base import KnowledgeBase, StoreName

# The quota of Titan Text Embeddings V2; new accounts have less (docs/scale.md).
TOKENS_PER_MINUTE = 300_000
AWAITED_MINUTES = 59  # of the hour that CloudFormation waits for a custom resource


def held_per_hour(section: KnowledgeBase, store: StoreName, region: str) -> str:
    """US dollars of the one before, in `store`, as if it held the documents of today."""
    before = section.model_copy(update={"store": store})
    stored = vectors(before, passages_of(before))
    lines = (*stored_lines(before, "vectors", stored, region), *capacity_lines([(before, stored)], region))
    held = CostGroup("held", "", lines)
    if held.at_least and not held.usd:
        return "unknown"
    return f"{'at least ' if held.at_least else ''}{amount(held.usd / HOURS_PER_MONTH)}"


def filling(config: DeploymentConfig, where: str, section: KnowledgeBase) -> CostGroup:
    """The ingestion of all documents into the new one. `where`: the name of the section."""
    return ingestion_group(config, where, section)


def minutes_to_fill(section: KnowledgeBase) -> float:
    """The least, by the documents in the folder."""
    passages = passages_of(section)
    return (passages.embedded + passages.compared) / TOKENS_PER_MINUTE
