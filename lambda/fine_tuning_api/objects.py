"""Objects of the training bucket. Whether one exists is listed: S3 answers 403 to who may list only some prefixes."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from fine_tuning_api.service import Service


class StoredObject(NamedTuple):
    key: str
    size: int
    modified: datetime


def listed(service: Service, prefix: str) -> Iterator[StoredObject]:
    pages = service.s3.get_paginator("list_objects_v2").paginate(Bucket=service.bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            yield StoredObject(item["Key"], item["Size"], item["LastModified"])


def read(service: Service, key: str) -> bytes:
    content: bytes = service.s3.get_object(Bucket=service.bucket, Key=key)["Body"].read()
    return content


def read_json(service: Service, key: str) -> dict[str, Any]:
    """Empty if there is no such object."""
    if not any(item.key == key for item in listed(service, key)):
        return {}
    value: dict[str, Any] = json.loads(read(service, key))
    return value


def write(service: Service, key: str, content: bytes, content_type: str = "application/json") -> None:
    service.s3.put_object(Bucket=service.bucket, Key=key, Body=content, ContentType=content_type)
