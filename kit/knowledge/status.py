"""`kit knowledge status`: what was ingested, what failed by document, what never was, and how to repair it.

Rights: bedrock:GetKnowledgeBase, ListDataSources, GetDataSource, ListIngestionJobs, GetIngestionJob and
ListKnowledgeBaseDocuments on the knowledge base, and s3:ListBucket on the bucket of its documents.
"""

import argparse
import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kit.hint import as_given
from kit.knowledge import job_words
from kit.knowledge.arguments import add_common_arguments
from kit.knowledge.deployed import Deployed, KnowledgeBase, connect
from kit.knowledge.described import Description, Source, described
from kit.knowledge.document_statuses import Documents, documents_of
from kit.knowledge.put_target import is_called
from kit.knowledge.repair import CUSTOM, repairs
from kit.knowledge.sync import job_of
from kit.runs.words import one_line
from kit_contract.errors import ExternalError

JOBS, SHOWN = 5, 20
OWN = "documents"  # the source of the knowledge base's own bucket, which each deploy looks for
MISSING = (
    "SOURCE {0} is not there: kit deploy; if it was deleted by hand, deploy once without its section and once with it"
)
MISSING_OWN = (
    "SOURCE {0} is not there: it was deleted by hand; kit deploy makes the knowledge base anew and has its documents "
    "embedded again"
)


@dataclass(frozen=True)
class SourceStatus:
    """`jobs`: the newest first; the first one has its failureReasons."""

    source: Source
    jobs: tuple[dict[str, Any], ...]
    documents: Documents
    repairs: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """0 if there is nothing to repair."""
    deployed = connect(options.config, options.environment, local=options.local)
    records, texts = [], []
    for knowledge_base in deployed.chosen(options.knowledge_base):
        record, lines = _one(deployed, knowledge_base)
        records.append(record)
        texts.append("\n".join(lines))
    if options.json:
        print(json.dumps(records, indent=1, ensure_ascii=False))
    else:
        print(as_given("\n\n".join(texts), options))
    return 0 if all(record["healthy"] for record in records) else 1


def _one(deployed: Deployed, knowledge_base: KnowledgeBase) -> tuple[dict[str, Any], list[str]]:
    """Its record, and lines for people. One that was deleted by hand does not hide the others."""
    try:
        description = described(deployed, knowledge_base)
    except ExternalError as error:
        record = {"name": knowledge_base.name, "id": knowledge_base.id, "healthy": False, "error": str(error)}
        return record, [str(error)]
    found = [_status(deployed, description, source) for source in description.sources]
    missing = _missing(knowledge_base, description)
    record = _record(knowledge_base, description, found) | {"missing_sources": missing}
    record["healthy"] = record["healthy"] and not missing
    return record, [*_lines(knowledge_base, description, found), *map(_missing_line, missing)]


def _missing(knowledge_base: KnowledgeBase, description: Description) -> list[str]:
    """Sources of deployment.toml that AWS does not have."""
    section = knowledge_base.section
    names = (OWN, *section.sources) if section and not section.existing else ()
    return [name for name in names if not any(is_called(source, name) for source in description.sources)]


def _missing_line(name: str) -> str:
    return f"  {(MISSING_OWN if name == OWN else MISSING).format(name)}"


def _status(deployed: Deployed, description: Description, source: Source) -> SourceStatus:
    answer: Any = deployed.agent.list_ingestion_jobs(
        knowledgeBaseId=description.id,
        dataSourceId=source.id,
        sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"},
        maxResults=JOBS,
    )
    jobs = [dict(job) for job in answer["ingestionJobSummaries"]]
    if jobs:  # a summary has no reasons
        jobs[0] = job_of(deployed, description.id, source.id, jobs[0]["ingestionJobId"])
    latest = jobs[0] if jobs else {}
    documents = documents_of(deployed, description.id, source, job_words.reasons(latest), latest.get("startedAt"))
    runs = bool(latest) and not job_words.is_final(latest)
    todo = [] if runs else repairs(description, source, documents, latest.get("status"))
    return SourceStatus(source, tuple(jobs), documents, tuple(todo))


def _lines(knowledge_base: KnowledgeBase, description: Description, found: Sequence[SourceStatus]) -> Iterator[str]:
    model = (
        f"{description.model} ({description.dimensions} dimensions)" if description.dimensions else description.model
    )
    yield f"{knowledge_base.name} ({description.id}, {description.status})"
    yield f"  store   {description.store}"
    yield f"  model   {model or 'of AWS'}"
    yield from (f"  reason  {one_line(reason)}" for reason in description.failure_reasons)
    for one in found:
        yield ""
        yield from _source_lines(knowledge_base, one)


def _source_lines(knowledge_base: KnowledgeBase, one: SourceStatus) -> Iterator[str]:
    source, documents = one.source, one.documents
    yield f"  SOURCE {source.name} ({source.kind}; {source.chunking})"
    places = [f"s3://{source.bucket}/{source.prefixes[0]}"] if source.bucket else source.urls
    yield from (f"    place      {place}" for place in places)
    yield from (f"    {one_line(reason)}" for reason in source.failure_reasons)
    statuses = documents.by_status
    counted = ", ".join(f"{count:,} {name}" for name, count in sorted((statuses or {}).items()))
    yield f"    documents  {'Bedrock does not list those of this source' if statuses is None else counted or 'none'}"
    for job in one.jobs or ():
        yield f"    job        {job_words.line(job)}"
    if not one.jobs:
        yield "    job        " + ("none: documents are put" if source.kind == CUSTOM else "none has run")
    failures = [f"{item.document}  {item.status}  {one_line(item.reason)}".rstrip() for item in documents.failures]
    yield from _listed("FAILED", failures)
    yield from _listed("NEVER INGESTED", documents.never)
    yield from _listed("CHANGED SINCE THE LAST JOB", documents.changed)
    yield from _listed("REASONS OF THE LAST JOB", [one_line(reason) for reason in documents.general])
    yield from _listed("REPAIR", [text.replace("NAME", knowledge_base.name) for text in one.repairs])


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield f"    {title}"
    yield from (f"      {item}" for item in items[:SHOWN])  # whole: the end of a reason may be what helps
    if len(items) > SHOWN:
        yield f"      and {len(items) - SHOWN:,} more; all of them: --json"


def _record(knowledge_base: KnowledgeBase, description: Description, found: Sequence[SourceStatus]) -> dict[str, Any]:
    return {
        "name": knowledge_base.name,
        "id": description.id,
        "healthy": all(not one.repairs for one in found),
        "status": description.status,
        "failure_reasons": list(description.failure_reasons),
        "store": description.store,
        "embedding_model": description.model,
        "dimensions": description.dimensions,
        "sources": [
            {
                **dataclasses.asdict(one.source),
                "jobs": [job_words.as_record(job) for job in one.jobs],
                "documents": dataclasses.asdict(one.documents),
                "repairs": [text.replace("NAME", knowledge_base.name) for text in one.repairs],
            }
            for one in found
        ],
    }
