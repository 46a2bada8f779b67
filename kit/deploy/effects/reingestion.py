"""What it costs to ingest the documents of knowledge bases again, as `kit cost` estimates their first ingestion."""

from collections.abc import Iterable

from deployment.config import DeploymentConfig
from deployment.costs.knowledge_base import ingestion_group
from kit_contract.stacks import knowledge_base_stack


def reingestion_usd(config: DeploymentConfig, stack: str, logical_ids: Iterable[str]) -> float | None:
    """Of the knowledge bases that these resources belong to.

    None if a price or the size of documents is unknown, and for knowledge bases of your own stacks.
    """
    if stack != knowledge_base_stack(config.deployment.name):
        return None
    built = {f"KnowledgeBase{config.knowledge_base_key(name)}": name for name in config.built_knowledge_bases}
    owners = {max((one for one in built if item.startswith(one)), key=len, default="") for item in logical_ids}
    if not owners <= built.keys():
        return None
    names = sorted(built[owner] for owner in owners)
    groups = [ingestion_group(config, name, config.built_knowledge_bases[name]) for name in names]
    return None if any(group.at_least for group in groups) else sum(group.usd for group in groups)
