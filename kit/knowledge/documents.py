"""`kit knowledge documents`: the documents of data sources, with the status of each.

Bedrock lists those of data sources in S3 and of custom ones; pages of the web are in the index only.
"""

import argparse
import json
from typing import Any

from kit.knowledge.arguments import add_common_arguments
from kit.knowledge.deployed import connect
from kit.knowledge.document_statuses import document_name, listed_documents
from kit.knowledge.put_target import KINDS, add_source, targets_of
from kit.runs.words import iso, one_line, time_of
from kit_contract.counted import counted
from kit_contract.errors import InputError

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBaseDocumentDetail.html
STATUSES = (
    "INDEXED",
    "PARTIALLY_INDEXED",
    "PENDING",
    "FAILED",
    "METADATA_PARTIALLY_INDEXED",
    "METADATA_UPDATE_FAILED",
    "IGNORED",
    "NOT_FOUND",
    "STARTING",
    "IN_PROGRESS",
    "DELETING",
    "DELETE_IN_PROGRESS",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    add_source(parser)
    text = f"only documents with this status, one of {', '.join(STATUSES)}; may be given several times"
    parser.add_argument("--status", metavar="STATUS", type=str.upper, action="append", default=[], help=text)


def run(options: argparse.Namespace) -> int:
    if unknown := [status for status in options.status if status not in STATUSES]:
        raise InputError(f"--status must be one of {', '.join(STATUSES)}, got {unknown[0]}")
    deployed = connect(options.config, options.environment, local=options.local)
    targets = targets_of(deployed, options.knowledge_base, options.source, KINDS)
    if not targets:
        raise InputError(
            f"there is no data source {options.source or ''} whose documents Bedrock lists".replace("  ", " ")
        )
    records: list[dict[str, Any]] = []
    for base, target in targets:
        for detail in listed_documents(deployed, base.id, target.source.id):
            if not options.status or detail["status"] in options.status:
                records.append(_record(base.name, target.source.name, detail))
    if options.json:
        print(json.dumps(records, indent=1, ensure_ascii=False, default=iso))
        return 0
    for one in records:
        print(
            f"{one['status']:<12} {time_of(one['updated_at'])}  {one['document']}  {one_line(one['reason'])}".rstrip()
        )
    print(counted(len(records), "document"))
    return 0


def _record(base: str, source: str, detail: Any) -> dict[str, Any]:
    return {
        "knowledge_base": base,
        "source": source,
        "document": document_name(detail),
        "status": detail["status"],
        "reason": detail.get("statusReason", ""),
        "updated_at": detail.get("updatedAt"),
    }
