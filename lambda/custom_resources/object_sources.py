"""Where the objects of Custom::BucketObjects come from: a folder in a zip, or single files that S3 copies.

A zip up to MOST_ON_DISK lies on the function's disk, a larger one is read in S3 by ranges. A file is copied by S3: in
one call up to 5 GB, in parts above. https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html
"""

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_ON_DISK = 400 * 1024**2  # of the 512 MB that a function has
WINDOW = 8 * 1024**2
MOST_IN_ONE_COPY = 5 * 1024**3
PART = 1024**3
BLOCK = 1 << 20


class ObjectSource(Protocol):
    """Objects by their key in the destination."""

    def digests(self) -> dict[str, str]:
        """The SHA-256 of each object."""

    def size(self, key: str) -> int: ...

    def put(self, bucket: str, key: str, content_type: str) -> None: ...


class ZippedFolder:
    """Raises ResourceFailedError for a path that leaves the prefix."""

    def __init__(self, s3: "S3Client", prefix: str, archive: zipfile.ZipFile) -> None:
        self._s3, self._archive = s3, archive
        self._members = _members(archive, prefix)

    def digests(self) -> dict[str, str]:
        return {key: _digest(self._archive, member) for key, member in self._members.items()}

    def size(self, key: str) -> int:
        return self._members[key].file_size

    def put(self, bucket: str, key: str, content_type: str) -> None:
        with self._archive.open(self._members[key]) as body:
            self._s3.put_object(
                Bucket=bucket, Key=key, Body=body, ContentLength=self.size(key), ContentType=content_type
            )


class AssetFiles:
    """`files` maps a key below `prefix` to the asset that it is a copy of: {"bucket", "key", "sha256", "size"}."""

    def __init__(self, s3: "S3Client", prefix: str, files: Mapping[str, Mapping[str, Any]]) -> None:
        self._s3 = s3
        self._files = {f"{prefix}{key}": file for key, file in files.items()}

    def digests(self) -> dict[str, str]:
        return {key: str(file["sha256"]) for key, file in self._files.items()}

    def size(self, key: str) -> int:
        return int(self._files[key]["size"])

    def put(self, bucket: str, key: str, content_type: str) -> None:
        source = f"{self._files[key]['bucket']}/{self._files[key]['key']}"
        if self.size(key) <= MOST_IN_ONE_COPY:
            self._s3.copy_object(
                Bucket=bucket,
                Key=key,
                CopySource=source,
                ContentType=content_type,
                MetadataDirective="REPLACE",
                TaggingDirective="REPLACE",  # else S3 asks for the right to read the asset's tags
            )
        else:
            self._copy_in_parts(bucket, key, source, content_type)

    def _copy_in_parts(self, bucket: str, key: str, source: str, content_type: str) -> None:
        """An upload that ends in an error is aborted by the bucket's lifecycle rule."""
        upload = self._s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)["UploadId"]
        parts: list[Any] = []
        for number, start in enumerate(range(0, self.size(key), PART), start=1):
            end = min(start + PART, self.size(key)) - 1
            copied = self._s3.upload_part_copy(
                Bucket=bucket,
                Key=key,
                CopySource=source,
                CopySourceRange=f"bytes={start}-{end}",
                PartNumber=number,
                UploadId=upload,
            )
            parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
        self._s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})


@contextmanager
def open_zip(s3: "S3Client", bucket: str, key: str) -> Iterator[zipfile.ZipFile]:
    found = s3.get_object(Bucket=bucket, Key=key)
    size = int(found.get("ContentLength", 0))
    if size > MOST_ON_DISK:
        found["Body"].close()
        with zipfile.ZipFile(io.BufferedReader(_StoredFile(s3, bucket, key, size), WINDOW)) as archive:
            yield archive
        return
    with tempfile.TemporaryFile() as file:
        shutil.copyfileobj(found["Body"], file, BLOCK)
        with zipfile.ZipFile(file) as archive:
            yield archive


class _StoredFile(io.RawIOBase):
    """An object in S3 as a file that can be read anywhere."""

    def __init__(self, s3: "S3Client", bucket: str, key: str, size: int) -> None:
        self._s3, self._bucket, self._key, self._size, self._at = s3, bucket, key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        body = self._s3.get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes={self._at}-{end - 1}")["Body"]
        content = body.read()
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)


def _members(archive: zipfile.ZipFile, prefix: str) -> dict[str, zipfile.ZipInfo]:
    members = {}
    for member in archive.infolist():
        if member.is_dir():
            continue
        parts = member.filename.replace("\\", "/").split("/")
        if "" in parts or "." in parts or ".." in parts or ":" in parts[0]:
            raise ResourceFailedError(f"the archive has the path {member.filename!r}, which leaves the prefix {prefix}")
        members[prefix + "/".join(parts)] = member
    return members


def _digest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(member) as body:
        while block := body.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
