"""`kit knowledge`: one module of this package per action; without one, the status."""

import argparse

from kit.knowledge.arguments import add_common_arguments
from kit.parser import add_actions

ACTIONS = {
    "ask": "search the documents and answer one question: passages with scores, and the answer with its sources",
    "sync": "ingest the documents that are new or changed, and follow the ingestion to its end",
    "status": "what was ingested, what failed by document and why, what never was, and how to repair it",
    "put": "put files, folders or objects of S3 into a custom data source, and follow each to its end",
    "delete": "take documents out of a custom data source",
    "documents": "list the documents of data sources, with the status of each",
    "evaluate": "ask your own questions in several ways, and compare the answers by numbers in one table",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common_arguments(parser, defaults=True)
    add_actions(parser, "kit.knowledge", ACTIONS, without="default: status")


def run(options: argparse.Namespace) -> int:
    from kit.knowledge.status import run as status

    return status(options)
