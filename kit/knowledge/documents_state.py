"""Which documents a knowledge base has: the last ingestion job of each data source that has changed some.

Documents that are put one by one (data sources of kind CUSTOM) leave no job.
"""

from typing import Any

from kit.knowledge.deployed import Deployed
from kit.knowledge.described import Description, Source
from kit.knowledge.job_words import as_counts

CHANGES = ("new", "modified", "metadata", "deleted")


def documents_state(deployed: Deployed, description: Description) -> list[str]:
    """One id for each data source that was ever ingested."""
    return [job for source in description.sources if (job := _last_change(deployed, description.id, source))]


def _last_change(deployed: Deployed, knowledge_base: str, source: Source) -> str | None:
    pages = deployed.agent.get_paginator("list_ingestion_jobs").paginate(
        knowledgeBaseId=knowledge_base,
        dataSourceId=source.id,
        sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"},
    )
    jobs: Any = (job for page in pages for job in page["ingestionJobSummaries"])
    for job in jobs:
        counts = as_counts(job)
        if any(counts[name] for name in CHANGES):
            return str(job["ingestionJobId"])
    return None
