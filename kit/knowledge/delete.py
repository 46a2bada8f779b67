"""`kit knowledge delete`: takes documents out of a custom data source, by their ids or by the beginning of them."""

import argparse
import sys
from collections.abc import Iterable, Sequence

from kit.knowledge.arguments import add_common_arguments
from kit.knowledge.deployed import connect
from kit.knowledge.direct_ingestion import delete
from kit.knowledge.document_statuses import document_name, listed_documents
from kit.knowledge.outcomes import report
from kit.knowledge.put_target import OVERWRITTEN, S3, add_source, target_of
from kit.progress import Progress
from kit_contract.counted import counted
from kit_contract.errors import InputError

GONE = "NOT_FOUND"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser)
    add_source(parser)
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="of a document, or FOLDER/ for all whose ids begin with it"
    )
    parser.add_argument("--all", action="store_true", help="all documents of the data source")


def run(options: argparse.Namespace) -> int:
    """0 if all of them are gone. Nothing is deleted if an ID names no document."""
    if bool(options.ids) == options.all:
        raise InputError("give the ids of documents, or --all; kit knowledge documents lists them")
    deployed = connect(options.config, options.environment, local=options.local)
    base, target = target_of(deployed, options.knowledge_base, options.source)
    present = [document_name(detail) for detail in listed_documents(deployed, target.knowledge_base, target.source.id)]
    chosen = present if options.all else _chosen(options.ids, present)
    if target.source.kind == S3:
        print(f"warning: {OVERWRITTEN.format(source=target.source.name)}", file=sys.stderr)
    progress = Progress(1, sys.stderr)
    progress.step(f"{base.name}: {target.source.name}: deleting {counted(len(chosen), 'document')}")
    return report(delete(target, chosen, progress.bar), progress, wanted=GONE, as_json=options.json)


def _chosen(ids: Iterable[str], present: Sequence[str]) -> list[str]:
    chosen: dict[str, None] = {}
    for name in ids:
        found = [one for one in present if one == name or (name.endswith("/") and one.startswith(name))]
        if not found:
            raise InputError(f"there is no document {name}; kit knowledge documents lists them; nothing was deleted")
        chosen |= dict.fromkeys(found)
    return list(chosen)
