"""The objects of a dataset in S3, one after the other on the function's disk."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit_contract.aws_errors import code_of, message_of
from kit_contract.dataset_collection import bucket_and_key
from kit_contract.errors import InputError
from training_data.media.formats import SUFFIXES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ABSENT = ("NoSuchKey", "NoSuchBucket", "404", "NotFound")
PACKED = (".parquet", ".xlsx", ".xlsm", ".xls")
CHUNK = 1 << 20


class CollectionError(InputError):
    """When an object cannot be read, or the dataset cannot be used."""


class SourceObjects:
    """`owner` is the account that the buckets must belong to, `own` the training bucket and its account.

    `folder` must have room for the largest object.
    """

    def __init__(self, s3: "S3Client", *, owner: str, own: tuple[str, str], folder: Path) -> None:
        self._s3, self._owner, self._own, self._folder = s3, owner, own, folder
        self._places: dict[Path, str] = {}

    def files(self, uris: Sequence[str]) -> Iterator[Path]:
        """Each object as a file, which is deleted when the next one is asked for. Raises CollectionError."""
        keys = [(bucket, key) for uri in uris for bucket, key in self._listed(uri)]
        if not keys:
            raise CollectionError(f"no object to read in {', '.join(uris)}; upload the data, or correct dataset")
        for number, (bucket, key) in enumerate(keys):
            # A folder for each: two objects may have the same name, which says what they hold.
            folder = self._folder / str(number)
            folder.mkdir(parents=True)
            file = folder / key.rpartition("/")[2]
            self._places[file] = f"s3://{bucket}/{key}"
            self._download(bucket, key, file)
            yield file
            shutil.rmtree(folder)

    def place_of(self, file: Path) -> str:
        return self._places[file]

    def read(self, uri: str, most: int) -> bytes:
        """The object, or its first `most` + 1 bytes if it is larger. Raises CollectionError."""
        bucket, key = bucket_and_key(uri)
        body = self._get(bucket, key)["Body"]
        content: bytes = body.read(most + 1)
        body.close()
        return content

    def _listed(self, uri: str) -> Iterator[tuple[str, str]]:
        """The object itself, or all below the prefix in the order of their keys; no media and no folders."""
        bucket, prefix = bucket_and_key(uri)
        if not uri.endswith("/"):
            yield bucket, prefix
            return
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, ExpectedBucketOwner=self._owner_of(bucket)
        )
        try:
            for page in pages:
                for item in page.get("Contents", []):
                    if item["Size"] and item["Key"].rpartition(".")[2].lower() not in SUFFIXES:
                        yield bucket, item["Key"]
        except Exception as error:
            raise _readable(error, uri) from None

    def _download(self, bucket: str, key: str, file: Path) -> None:
        if file.suffix.lower() in PACKED:
            raise CollectionError(
                f"s3://{bucket}/{key} is {file.suffix}, which is read on your machine only; write JSON lines with kit "
                "data convert and upload them"
            )
        found = self._get(bucket, key)
        room = shutil.disk_usage(self._folder).free
        if found["ContentLength"] > room:
            fix = "split the object"
            raise CollectionError(f"s3://{bucket}/{key} has {found['ContentLength']:,} bytes, room is {room:,}; {fix}")
        with file.open("wb") as stream:
            shutil.copyfileobj(found["Body"], stream, CHUNK)

    def _owner_of(self, bucket: str) -> str:
        return self._own[1] if bucket == self._own[0] else self._owner

    def _get(self, bucket: str, key: str) -> Any:
        try:
            return self._s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=self._owner_of(bucket))
        except Exception as error:
            raise _readable(error, f"s3://{bucket}/{key}") from None


def _readable(error: Exception, uri: str) -> Exception:
    """The error with what to do, or itself where nothing is known of it."""
    code = code_of(error)
    if code in ABSENT:
        return CollectionError(f"{uri} does not exist; upload it, or correct deployment.toml")
    if code in ("AccessDenied", "403"):
        return CollectionError(
            f"{uri} cannot be read ({message_of(error) or code}); it does not exist, or its bucket is another account's"
            " (dataset_bucket_owner, and that bucket's policy), or it is encrypted with a key that is not "
            "dataset_kms_key_arn: docs/datasets.md, Data in S3"
        )
    if code == "InvalidObjectState":
        return CollectionError(f"{uri} is in an archive; restore it first")
    return error
