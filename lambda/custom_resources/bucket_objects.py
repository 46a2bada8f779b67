"""Custom::BucketObjects: a folder of the project as objects under a prefix of a bucket.

  Create, Update  unzip the CDK asset, put new and changed files, delete what the last version had and this one does
                  not, write the manifest -> READY
  Delete          keep everything; with DeleteOnRemoval delete the manifest's keys and the manifest -> GONE
  Replacement     another bucket or prefix

The manifest, {"objects": {key: SHA-256}}, is stored outside the prefix under .bedrock-kit/, where neither a data source
nor an upload event sees it. It is written before the first put (what may exist) and at the end (what exists), so that
the next run cleans up after one that died. Keys that are not in the manifest are never touched.

CDK's BucketDeployment is no alternative: it ships a 20 MB AWS CLI layer, deletes by listing the prefix (objects of
other writers too), and runs on no embedded AWS. A zip may be as large as the function's temporary storage, 512 MB.
"""

import hashlib
import json
import mimetypes
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.errors import ResourceFailedError
from kit_contract.stacks import MANIFESTS_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# For these suffixes mimetypes reads the machine's tables: the type must not depend on where this runs.
CONTENT_TYPES = {".md": "text/markdown", ".jsonl": "application/jsonl", ".csv": "text/csv", ".yaml": "application/yaml"}
ABSENT = ("NoSuchKey", "NoSuchBucket", "404", "NotFound")
DELETE_BATCH = 1000


@dataclass(frozen=True)
class ObjectsProperties:
    source_bucket: str
    source_key: str
    bucket: str
    prefix: str
    delete_on_removal: bool
    manifest_key: str

    @classmethod
    def of(cls, request: Request) -> "ObjectsProperties":
        properties = Properties(request.properties)
        prefix = properties.optional_text("DestinationPrefix") or ""
        if prefix and (not prefix.endswith("/") or prefix.startswith("/")):
            raise ResourceFailedError(
                f"property DestinationPrefix must be empty or like docs/, got {prefix!r}; correct it in the template"
            )
        # The prefix is in the name because a replacement in the same bucket must not overwrite the old manifest.
        digest = hashlib.sha256(prefix.encode()).hexdigest()[:8]
        return cls(
            source_bucket=properties.text("SourceBucket"),
            source_key=properties.text("SourceKey"),
            bucket=properties.text("DestinationBucket"),
            prefix=prefix,
            delete_on_removal=properties.boolean("DeleteOnRemoval"),
            manifest_key=f"{MANIFESTS_PREFIX}{request.logical_id}-{digest}.json",
        )


class BucketObjectsResource:
    name_property = ""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def physical_id(self, request: Request) -> str:
        wanted = ObjectsProperties.of(request)
        return f"{wanted.bucket}/{wanted.prefix}"

    def create(self, request: Request) -> Mapping[str, str]:
        wanted = ObjectsProperties.of(request)
        before = self._manifest(wanted) or {}
        with self._open_source(wanted) as archive:
            members = _members(archive, wanted.prefix)
            digests = {key: _digest(archive, member) for key, member in members.items()}
            changed = [key for key in digests if not self._is_stored(wanted, key, members[key], digests, before)]
            if changed:  # until a put succeeds, the content of its key is unknown
                self._write_manifest(wanted, {**before, **digests, **dict.fromkeys(changed, "")})
            for key in changed:
                self._put(wanted, archive, members[key], key)
        self._delete_keys(wanted, sorted(set(before) - set(digests)))
        if digests != before:
            self._write_manifest(wanted, digests)
        return {"ObjectCount": str(len(digests))}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        wanted = ObjectsProperties.of(request)
        before = self._manifest(wanted) if wanted.delete_on_removal else None
        if before is not None:
            self._delete_keys(wanted, [*sorted(before), wanted.manifest_key])

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)

    def _manifest(self, wanted: ObjectsProperties) -> dict[str, str] | None:
        try:
            body = self._s3.get_object(Bucket=wanted.bucket, Key=wanted.manifest_key)["Body"].read()
        except Exception as error:
            if error_code(error) not in ABSENT:
                raise
            return None
        return dict(json.loads(body)["objects"])

    def _write_manifest(self, wanted: ObjectsProperties, objects: Mapping[str, str]) -> None:
        body = json.dumps({"objects": objects}, sort_keys=True).encode()
        self._s3.put_object(Bucket=wanted.bucket, Key=wanted.manifest_key, Body=body, ContentType="application/json")

    @contextmanager
    def _open_source(self, wanted: ObjectsProperties) -> Iterator[zipfile.ZipFile]:
        with tempfile.TemporaryFile() as file:
            body = self._s3.get_object(Bucket=wanted.source_bucket, Key=wanted.source_key)["Body"]
            shutil.copyfileobj(body, file, 1 << 20)
            with zipfile.ZipFile(file) as archive:
                yield archive

    def _is_stored(
        self,
        wanted: ObjectsProperties,
        key: str,
        member: zipfile.ZipInfo,
        digests: Mapping[str, str],
        before: Mapping[str, str],
    ) -> bool:
        """Whether the bucket has this content already: a second upload would cause a second upload event."""
        if before.get(key) != digests[key]:
            return False
        try:
            return self._s3.head_object(Bucket=wanted.bucket, Key=key)["ContentLength"] == member.file_size
        except Exception as error:
            if error_code(error) not in ABSENT:
                raise
            return False

    def _put(self, wanted: ObjectsProperties, archive: zipfile.ZipFile, member: zipfile.ZipInfo, key: str) -> None:
        with archive.open(member) as body:
            self._s3.put_object(
                Bucket=wanted.bucket,
                Key=key,
                Body=body,
                ContentLength=member.file_size,
                ContentType=_content_type(key),
            )

    def _delete_keys(self, wanted: ObjectsProperties, keys: list[str]) -> None:
        for start in range(0, len(keys), DELETE_BATCH):
            batch = keys[start : start + DELETE_BATCH]
            answer = self._s3.delete_objects(
                Bucket=wanted.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            for fault in answer.get("Errors", [])[:1]:
                raise ResourceFailedError(f"S3 did not delete {fault.get('Key')}: {fault.get('Message')}")


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
        while block := body.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _content_type(key: str) -> str:
    suffix = key[key.rfind(".") :].lower() if "." in key else ""
    return CONTENT_TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
