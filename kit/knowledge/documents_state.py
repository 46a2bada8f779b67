"""Which documents a knowledge base has: the last ingestion job of each data source that has changed some.

Documents that are put one by one (data sources of kind CUSTOM) leave no job: they are listed.
"""

import hashlib
from typing import Any

from kit.knowledge.deployed import Deployed
from kit.knowledge.described import Description, Source
from kit.knowledge.document_statuses import document_name, listed_documents
from kit.knowledge.job_words import as_counts

CUSTOM = "CUSTOM"
CHANGES = ("new", "modified", "metadata", "deleted")


def documents_state(deployed: Deployed, description: Description) -> list[str]:
    """One text for each data source that has documents."""
    found = (
        _put(deployed, description.id, source)
        if source.kind == CUSTOM
        else _last_change(deployed, description.id, source)
        for source in description.sources
    )
    return [state for state in found if state]


def _put(deployed: Deployed, knowledge_base: str, source: Source) -> str | None:
    """Another one when a document was put, put again or deleted."""
    listed = listed_documents(deployed, knowledge_base, source.id)
    documents = sorted(f"{document_name(item)} {item['status']} {item['updatedAt'].timestamp()}" for item in listed)
    return hashlib.sha256("\n".join(documents).encode()).hexdigest() if documents else None


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
