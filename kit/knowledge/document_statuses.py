"""What became of each document of a data source: its status and reason, and what is in the bucket but not ingested.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_ListKnowledgeBaseDocuments.html
Bedrock gives a reason for documents that it ignores; those of the others are in the job's failureReasons, which name
the documents' addresses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.knowledge.deployed import Deployed
from kit.knowledge.described import Source
from kit_contract.aws_errors import VALIDATION, code_of

PAGE = 1_000
SIDECAR = ".metadata.json"
# What failed, wholly or in part: the others are indexed or will be.
FAILED = ("FAILED", "IGNORED", "PARTIALLY_INDEXED", "METADATA_PARTIALLY_INDEXED", "METADATA_UPDATE_FAILED")
BEHIND_ADDRESS = r"""(?=$|[\s,\]:;'")]|\.(?:\s|$))"""


@dataclass(frozen=True)
class Failure:
    document: str
    status: str
    reason: str


@dataclass(frozen=True)
class Documents:
    """`by_status` is None where Bedrock does not list documents. `never`, `changed`: since the last job; in S3 only.

    `general`: reasons of the last job that name no document.
    """

    by_status: dict[str, int] | None = None
    failures: tuple[Failure, ...] = ()
    never: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    general: tuple[str, ...] = ()


def documents_of(
    deployed: Deployed, knowledge_base: str, source: Source, reasons: Sequence[str], last: datetime | None
) -> Documents:
    """`reasons`: of the latest job, which began at `last`. Raises botocore's errors."""
    try:
        details = {document_name(item): item for item in listed_documents(deployed, knowledge_base, source.id)}
    except Exception as error:
        if code_of(error) != VALIDATION:
            raise
        return Documents(general=tuple(reasons))
    by_status: dict[str, int] = {}
    for item in details.values():
        by_status[item["status"]] = by_status.get(item["status"], 0) + 1
    failures = [
        Failure(name, item["status"], item.get("statusReason") or reason_for(name, reasons))
        for name, item in sorted(details.items())
        if item["status"] in FAILED
    ]
    stored = dict(_stored(deployed, source))
    changed = [name for name, at in stored.items() if name in details and last and is_later(at, last)]
    named = {reason for reason in reasons if any(_names(reason, name) for name in (*details, *stored))}
    return Documents(
        by_status,
        tuple(failures),
        tuple(sorted(set(stored) - set(details))),
        tuple(sorted(changed)),
        tuple(reason for reason in reasons if reason not in named),
    )


def is_later(stored: datetime, begun: datetime) -> bool:
    """S3 lists whole seconds."""
    return stored.replace(microsecond=0) > begun.replace(microsecond=0)


def reason_for(document: str, reasons: Iterable[str]) -> str:
    """The first of a job's reasons that names the document; empty if none does."""
    return next((reason for reason in reasons if _names(reason, document)), "")


def _names(reason: str, document: str) -> bool:
    """Whether it has this address, and not only one that begins with it."""
    return document in reason and bool(re.search(re.escape(document) + BEHIND_ADDRESS, reason))


def listed_documents(deployed: Deployed, knowledge_base: str, source: str) -> Iterator[Any]:
    pages = deployed.agent.get_paginator("list_knowledge_base_documents").paginate(
        knowledgeBaseId=knowledge_base, dataSourceId=source, PaginationConfig={"PageSize": PAGE}
    )
    for page in pages:
        yield from page["documentDetails"]


def document_name(detail: Any) -> str:
    identifier = detail["identifier"]
    return str(identifier["s3"]["uri"] if "s3" in identifier else identifier["custom"]["id"])


def _stored(deployed: Deployed, source: Source) -> Iterator[tuple[str, datetime]]:
    if not source.bucket:
        return
    for prefix in source.prefixes:
        pages = deployed.client("s3").get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=prefix)
        for item in (item for page in pages for item in page.get("Contents", [])):
            if not item["Key"].endswith(("/", SIDECAR)):
                yield f"s3://{source.bucket}/{item['Key']}", item["LastModified"]
