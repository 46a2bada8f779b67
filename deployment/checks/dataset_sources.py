"""Faults of where a dataset is: files that do not exist, S3 beside local files, settings that only S3 has."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from deployment.sections.training import Customization


def dataset_source_faults(where: str, item: Customization) -> Iterator[str]:
    for key, files in (("dataset", item.dataset), ("validation_dataset", item.validation_dataset)):
        yield from (f"{where}.{key}: {fault}" for file in files if (fault := _file_fault(file)))
    if item.dataset_objects and item.dataset_files:
        local, there = item.dataset_files[0], item.dataset_objects[0]
        fix = "upload the files to S3 too, or download the objects"
        yield f"{where}: dataset and validation_dataset must be all local or all in S3, got {local} and {there}; {fix}"
    if item.dataset_objects or item.media:
        return
    for key, value in (
        ("dataset_bucket_owner", item.dataset_bucket_owner),
        ("dataset_kms_key_arn", item.dataset_kms_key_arn),
    ):
        if value:
            yield f"{where}.{key}: nothing of this customization lies in S3; remove it, or name s3:// in dataset"


def _file_fault(file: str | Path) -> str:
    if isinstance(file, str) or file.is_file():
        return ""
    if "s3:" in file.parts:
        given = "s3://" + "/".join(_after(file.parts))
        return f"must be s3://bucket/key or s3://bucket/prefix/, got {given!r}; name a key, or a prefix and its slash"
    return f"{file} does not exist"


def _after(parts: Sequence[str]) -> Sequence[str]:
    return parts[parts.index("s3:") + 1 :]
