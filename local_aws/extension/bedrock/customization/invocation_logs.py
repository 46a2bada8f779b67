"""Model invocation logs as a source of prompts: which records Bedrock takes of them.

https://docs.aws.amazon.com/bedrock/latest/userguide/distillation-prepare-datasets.html
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_region
from ministack.services import s3

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.customization.method import read_object
from local_aws.extension.bedrock.customization.training_records import TrainingDataError
from local_aws.extension.bedrock.service_roles import bucket_and_key, role_allows_on


def read(config: dict[str, Any], role: str, teacher: str) -> list[tuple[str, str]]:
    """(prompt, answer or "") of each log of Converse that passes the filters. Raises TrainingDataError."""
    uri = config["invocationLogSource"]["s3Uri"]
    with_answers = bool(config.get("usePromptResponse"))
    found = []
    for log in _logs(uri, role):
        if not _passes(log.get("requestMetadata") or {}, config.get("requestMetadataFilters")):
            continue
        if with_answers and teacher not in str(log.get("modelId")):  # another model's answers are not used
            continue
        try:
            prompt = _text(log["input"]["inputBodyJson"]["messages"][-1])
            answer = _text(log["output"]["outputBodyJson"]["output"]["message"]) if with_answers else ""
        except (KeyError, IndexError, TypeError):
            continue
        found.append((prompt, answer))
    return found


def _logs(uri: str, role: str) -> Iterator[dict[str, Any]]:
    bucket, prefix = bucket_and_key(uri)
    if bucket not in s3._buckets or not role_allows_on(
        role, "s3:ListBucket", f"arn:{partition_of(get_region())}:s3:::{bucket}"
    ):
        raise TrainingDataError(f"Amazon S3 perms missing (ListBucket) for {uri}")
    for key in sorted(s3._buckets[bucket]["objects"]):
        if key.startswith(prefix):
            content = read_object(f"s3://{bucket}/{key}", role)
            text = gzip.decompress(content) if key.endswith(".gz") else content
            for line in text.splitlines():
                log = json.loads(line)
                if isinstance(log, dict) and log.get("schemaType") == "ModelInvocationLog":
                    yield log


def _passes(metadata: dict[str, str], filters: dict[str, Any] | None) -> bool:
    if not filters:
        return True
    if "andAll" in filters:
        return all(_passes(metadata, item) for item in filters["andAll"])
    if "orAll" in filters:
        return any(_passes(metadata, item) for item in filters["orAll"])
    if "equals" in filters:
        return all(metadata.get(key) == value for key, value in filters["equals"].items())
    return all(metadata.get(key) != value for key, value in filters["notEquals"].items())


def _text(message: dict[str, Any]) -> str:
    return "".join(block.get("text", "") for block in message["content"])
