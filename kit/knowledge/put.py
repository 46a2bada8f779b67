"""`kit knowledge put`: documents into a custom data source, each followed to its end; the same path replaces.

Rights: those of kit/knowledge/direct_ingestion.py, with those of `kit knowledge status`, and s3:ListBucket for s3://.
"""

import argparse
import sys

from kit.knowledge.arguments import add_common_arguments
from kit.knowledge.deployed import connect
from kit.knowledge.direct_ingestion import Target, put
from kit.knowledge.document_statuses import document_name, listed_documents
from kit.knowledge.filters import value_of
from kit.knowledge.named_documents import named_documents
from kit.knowledge.outcomes import report
from kit.knowledge.put_documents import PutDocument
from kit.knowledge.put_target import OVERWRITTEN, S3, add_source, target_of
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    add_source(parser)
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder, s3://BUCKET/KEY or s3://BUCKET/PREFIX/"
    )
    text = "an attribute of all of the documents, for filters; those of PATH.metadata.json go before"
    parser.add_argument("--metadata", metavar="KEY=VALUE", action="append", default=[], help=text)
    text = "only what is not indexed, or has changed since: after a failure, nothing is embedded and paid for twice"
    parser.add_argument("--changed", action="store_true", help=text)


def run(options: argparse.Namespace) -> int:
    """0 if each document is indexed."""
    deployed = connect(options.config, options.environment, local=options.local)
    base, target = target_of(deployed, options.knowledge_base, options.source)
    found = named_documents(
        options.paths,
        kind=target.source.kind,
        attributes=dict(_attribute(text) for text in options.metadata),
        s3=lambda: deployed.client("s3"),
    )
    left = _changed(target, found) if options.changed else found
    if target.source.kind == S3:
        print(f"warning: {OVERWRITTEN.format(source=target.source.name)}", file=sys.stderr)
    progress = Progress(1, sys.stderr)
    skipped = f", {len(found) - len(left):,} unchanged" if len(left) < len(found) else ""
    size = sum(document.size for document in left)
    progress.step(f"{base.name}: {target.source.name}: {counted(len(left), 'document')}, {size:,} bytes{skipped}")
    outcomes = put(target, left, progress.bar)
    return report(outcomes, progress, wanted="INDEXED", as_json=options.json)


def _changed(target: Target, found: list[PutDocument]) -> list[PutDocument]:
    indexed = {
        document_name(detail): detail["updatedAt"]
        for detail in listed_documents(target.deployed, target.knowledge_base, target.source.id)
        if detail["status"] == "INDEXED"
    }
    return [one for one in found if one.id not in indexed or one.changed >= indexed[one.id]]


def _attribute(text: str) -> tuple[str, str | int | float]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise InputError(f"--metadata must be KEY=VALUE, got {text}; such as --metadata language=en")
    return key, value_of(value)
