"""What to do about documents and jobs that failed, in the words of `kit knowledge status`."""

from collections.abc import Iterator

from kit.knowledge.described import Description, Source
from kit.knowledge.document_statuses import Documents

SYNC, PUT = "kit knowledge sync", "kit knowledge put"
CUSTOM = "CUSTOM"  # no job reads it
# What Bedrock reads: https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-ds.html (2026-10)
TYPES = (".txt", ".md", ".html", ".doc", ".docx", ".csv", ".xls", ".xlsx", ".pdf")
ROLE = "its role has changed by hand: kit deploy, or the policy of the bucket or of its key refuses it"
# A word of Bedrock's reason -> the repair.
KNOWN = {
    "format was not supported": f"convert them to one of {' '.join(TYPES)}, and upload them",
    "size was invalid": "split files of more than 50 MB, and fill or delete empty ones",
    "metadata": "correct the documents' .metadata.json files (docs/knowledge-bases.md has their limits)",
    "robots.txt": "let the user agent bedrockbot in by the site's robots.txt, which must be there",
    "maxpages": "raise max_pages, or leave pages out by exclude: kit deploy",
    "not allowed for this account": "kit verify tells whether this account may use the embedding model",
    "may not read": ROLE,
    "is not authorized": ROLE,
    "does not exist": "the bucket was deleted by hand: kit deploy",
    "ThrottlingException": f"the embedding model was throttled: {SYNC} ingests the rest",
}


def repairs(description: Description, source: Source, documents: Documents, last_status: str | None) -> list[str]:
    """One line for each thing to do, without repetition."""
    return list(dict.fromkeys(_repairs(description, source, documents, last_status)))


def _repairs(description: Description, source: Source, documents: Documents, last_status: str | None) -> Iterator[str]:
    if description.status == "FAILED" or source.status == "DELETE_UNSUCCESSFUL":
        yield "repair what Bedrock names above, then deploy again: kit deploy"
    yield from (_known(reason) for reason in documents.general)
    for failure in documents.failures:
        yield _known(failure.reason or failure.status)
    if any(not name.lower().endswith(TYPES) for name in documents.never):
        yield f"documents that were never ingested have another type: {KNOWN['format was not supported']}"
    if source.kind == CUSTOM:
        if documents.failures:
            yield f"put them again: {PUT} --knowledge-base NAME --source {source.name} PATH --changed"
        return
    unread = last_status is None and documents.by_status is None  # of an empty bucket there is nothing to ingest
    if unread or last_status in ("FAILED", "STOPPED") or documents.never or documents.changed:
        yield f"ingest what is missing: {SYNC} --knowledge-base NAME --source {source.name}"


def _known(reason: str) -> str:
    found = (repair for word, repair in KNOWN.items() if word.lower() in reason.lower())
    return next(found, f"repair what the reason names, upload the documents again or run {SYNC}")
