"""Custom::S3AutoDeleteObjects: empties a bucket before its deletion.

The CDK's own function needs the AWS SDK for JavaScript, which the emulator's Node runtime lacks.
"""

from typing import Any

from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

RESOURCE_TYPE = "Custom::S3AutoDeleteObjects"


def install() -> None:
    """Register the type beside ministack's own."""
    _RESOURCE_HANDLERS[RESOURCE_TYPE] = {
        "create": lambda logical_id, properties, stack_name: (f"{stack_name}-{logical_id}", {}),
        "update": lambda physical_id, old, new, stack_name: (physical_id, {}),
        "delete": _empty,
    }


def _empty(physical_id: str, properties: dict[str, Any]) -> None:
    name = properties["BucketName"]
    bucket = s3._buckets.get(name)
    if bucket:
        bucket["objects"].clear()
    for held_bucket, key in list(s3._object_versions.keys()):
        if held_bucket == name:
            s3._object_versions.pop((held_bucket, key), None)
