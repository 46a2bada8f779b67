"""Finds documents that a deploy has uploaded and that are gone: plain `cdk deploy` uploads only what changed on disk.

The manifest that Custom::BucketObjects keeps in the bucket says what should be there.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deployment.config import DeploymentConfig
from kit.stack_outputs import stack_outputs
from kit_contract.stacks import (
    DOCUMENTS_BUCKET_OUTPUT,
    MANIFESTS_PREFIX,
    RESTORE_CONTEXT,
    RESTORE_OUTPUT,
    knowledge_base_stack,
)

Clients = Callable[[str], Any]


def restoring_arguments(config: DeploymentConfig, clients: Clients, say: Callable[[str], None]) -> list[str]:
    """Arguments of `cdk deploy` that upload and ingest missing documents again.

    If all are there, those of the last time, so that the deploy updates nothing. Without the permission to look, the
    deploy goes on and says so.
    """
    if not config.built_knowledge_bases:
        return []
    keys = [config.knowledge_base_key(name) for name in config.built_knowledge_bases]
    try:
        outputs = stack_outputs(clients("cloudformation"), knowledge_base_stack(config.deployment.name)) or {}
        missing = _missing(clients, outputs, keys)
    except (ClientError, BotoCoreError) as error:
        say(f"warning: whether documents are missing in the bucket is unknown: {error}")
        return []
    if not missing:
        last = outputs.get(RESTORE_OUTPUT)
        return ["-c", f"{RESTORE_CONTEXT}={last}"] if last else []
    say(f"{missing_in_bucket(missing, 'documents')}: the deploy uploads and ingests again")
    return ["-c", f"{RESTORE_CONTEXT}={datetime.now(UTC).isoformat(timespec='seconds')}"]


def _missing(clients: Clients, outputs: Mapping[str, str], keys: Iterable[str]) -> list[str]:
    """None of a knowledge base that does not exist yet. `outputs`: of its stack."""
    buckets = [outputs[output] for key in keys if (output := f"{key}{DOCUMENTS_BUCKET_OUTPUT}") in outputs]
    return [missing for bucket in buckets for missing in missing_objects(clients("s3"), bucket)]


def missing_in_bucket(keys: Sequence[str], noun: str) -> str:
    which = f"{keys[0]} is" if len(keys) == 1 else f"{len(keys)} {noun}, such as {keys[0]}, are"
    return f"{which} missing in the bucket"


def missing_objects(s3: Any, bucket: str) -> list[str]:
    """What the manifests of the bucket name and it does not have. Raises botocore's errors."""
    wanted: set[str] = set()
    for manifest in _keys(s3, bucket, MANIFESTS_PREFIX):
        wanted |= set(json.loads(s3.get_object(Bucket=bucket, Key=manifest)["Body"].read())["objects"])
    folders = {f"{key.partition('/')[0]}/" for key in wanted}
    return sorted(wanted - {key for folder in sorted(folders) for key in _keys(s3, bucket, folder)})


def _keys(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (item["Key"] for item in page.get("Contents", []))
