"""Faults of `store = "managed"`: Regions without it, and settings that AWS decides or does not document.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-regions.html
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-customize-ingestion.html (chunking and parsing)
"""

import json
from collections.abc import Iterator

from deployment.documents import read_documents_folder
from deployment.sections.deployment import Deployment
from deployment.sections.knowledge_base import KnowledgeBase
from kit_contract.documents import METADATA_SUFFIX

REGIONS = (
    *("us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1", "ap-northeast-1", "ap-southeast-2"),
    "us-gov-west-1",
)
CHUNKING = ("fixed", "none")
# Setting -> why not.
REFUSED = {
    "embedding_model": "AWS embeds with a model of its own",
    "dimensions": "AWS embeds with a model of its own",
    "rerank_model": "AWS has a reranker of its own, for requests that ask for it",
    "parsing": "AWS parses by itself, and takes no other strategy",
    "transformation": "AWS documents none for managed knowledge bases",
    "prompt": "it is of RetrieveAndGenerate, which can't ask them",
    "evaluation": "evaluation jobs can't ask them",
}


def managed_faults(item: KnowledgeBase, deployment: Deployment) -> Iterator[str]:
    """Each begins with the setting, without the place of its section."""
    if item.store != "managed":
        return
    for setting, reason in REFUSED.items():
        if setting in item.model_fields_set and getattr(item, setting) is not None:
            yield f'{setting}: store = "managed" takes none: {reason}; remove the setting, or use another store'
    yield from _documents_faults(item)
    if item.chunking not in CHUNKING:
        yield f'chunking: store = "managed" takes {" or ".join(CHUNKING)}, got {item.chunking}; use one of them'
    if deployment.region not in REGIONS and not deployment.allow_unlisted:
        yield (
            f"store: managed knowledge bases are offered in {', '.join(REGIONS)}, got region {deployment.region}; use "
            'store = "s3-vectors", or set allow_unlisted in [deployment] to try'
        )


def _documents_faults(item: KnowledgeBase) -> Iterator[str]:
    for name, source in item.sources.items():
        if source.kind != "s3":
            yield f'sources.{name}: store = "managed" is given buckets only (kind = "s3"); use another store'
        if getattr(source, "kms_key_arn", None):  # of one in S3
            yield (
                f"sources.{name}.kms_key_arn: its connector needs kms:DescribeKey, too, which the role of this kit "
                'does not have; use store = "s3-vectors", or a bucket without a customer managed key'
            )
    if plain := _plain_metadata(item):
        yield (
            f"documents: {', '.join(plain)}: a managed knowledge base takes attributes with their types only: "
            '{"value": {"type": "STRING", "stringValue": ...}}; write them so'
        )


def _plain_metadata(item: KnowledgeBase) -> list[str]:
    """Metadata files whose attributes have no type; the form for managed knowledge bases is documented with one."""
    files = read_documents_folder(item.documents).files if item.documents else {}
    found = []
    for name, path in files.items():
        if not name.endswith(METADATA_SUFFIX):
            continue
        try:
            attributes = json.loads(path.read_text(encoding="utf-8"))["metadataAttributes"].values()
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            continue  # a fault of the documents
        if not all(isinstance(value, dict) for value in attributes):
            found.append(name)
    return found
