"""Custom::BucketObjects: a folder of the project as objects under a prefix of a bucket.

  Create, Update  unzip the CDK asset (or copy assets that are single files), put new and changed files, delete what
                  the last version had and this one does not, write the manifest -> READY
  Delete          keep everything; with DeleteOnRemoval delete the manifest's keys and the manifest -> GONE
  Replacement     another bucket or prefix

The manifest, {"objects": {key: SHA-256}}, is stored outside the prefix under .bedrock-kit/, where neither a data source
nor an upload event sees it. It is written before the first put (what may exist) and at the end (what exists), so that
the next run cleans up after one that died. Keys that are not in the manifest are never touched.

CDK's BucketDeployment is no alternative: it ships a 20 MB AWS CLI layer, deletes by listing the prefix (objects of
other writers too), and runs on no embedded AWS.
"""

import hashlib
import json
import mimetypes
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from custom_resources.object_sources import AssetFiles, ObjectSource, ZippedFolder, open_zip
from kit_contract.errors import ResourceFailedError
from kit_contract.stacks import MANIFESTS_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# For these suffixes mimetypes reads the machine's tables: the type must not depend on where this runs.
CONTENT_TYPES = {".md": "text/markdown", ".jsonl": "application/jsonl", ".csv": "text/csv", ".yaml": "application/yaml"}
ABSENT = ("NoSuchKey", "NoSuchBucket", "404", "NotFound")
DELETE_BATCH = 1000
AT_ONCE = 8


@dataclass(frozen=True)
class ObjectsProperties:
    source_bucket: str
    source_key: str
    bucket: str
    prefix: str
    delete_on_removal: bool
    files: Mapping[str, Any]
    manifest_key: str

    @classmethod
    def of(cls, request: Request) -> "ObjectsProperties":
        properties = Properties(request.properties)
        prefix = properties.optional_text("DestinationPrefix") or ""
        if prefix and (not prefix.endswith("/") or prefix.startswith("/")):
            raise ResourceFailedError(
                f"property DestinationPrefix must be empty or like docs/, got {prefix!r}; correct it in the template"
            )
        files = json.loads(properties.optional_text("Files") or "{}")
        # The prefix is in the name because a replacement in the same bucket must not overwrite the old manifest.
        digest = hashlib.sha256(prefix.encode()).hexdigest()[:8]
        return cls(
            source_bucket="" if files else properties.text("SourceBucket"),
            source_key="" if files else properties.text("SourceKey"),
            files=files,
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
        with self._open_source(wanted) as source:
            digests = source.digests()
            changed = [key for key in digests if not self._is_stored(wanted, key, source.size(key), digests, before)]
            if changed:  # until a put succeeds, the content of its key is unknown
                self._write_manifest(wanted, {**before, **digests, **dict.fromkeys(changed, "")})
            _put_all(source, wanted.bucket, changed)
        self._delete_keys(wanted, sorted(set(before) - set(digests)))
        if changed or digests != before:
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
    def _open_source(self, wanted: ObjectsProperties) -> Iterator[ObjectSource]:
        if wanted.files:
            yield AssetFiles(self._s3, wanted.prefix, wanted.files)
            return
        with open_zip(self._s3, wanted.source_bucket, wanted.source_key) as archive:
            yield ZippedFolder(self._s3, wanted.prefix, archive)

    def _is_stored(
        self,
        wanted: ObjectsProperties,
        key: str,
        size: int,
        digests: Mapping[str, str],
        before: Mapping[str, str],
    ) -> bool:
        """Whether the bucket has this content already: a second upload would cause a second upload event."""
        if before.get(key) != digests[key]:
            return False
        try:
            found = self._s3.head_object(Bucket=wanted.bucket, Key=key)
        except Exception as error:
            if error_code(error) not in ABSENT:
                raise
            return False
        # Metadata is another writer's: the collector names a validation set in it.
        return found["ContentLength"] == size and not found.get("Metadata")

    def _delete_keys(self, wanted: ObjectsProperties, keys: list[str]) -> None:
        for start in range(0, len(keys), DELETE_BATCH):
            batch = keys[start : start + DELETE_BATCH]
            answer = self._s3.delete_objects(
                Bucket=wanted.bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            for fault in answer.get("Errors", [])[:1]:
                raise ResourceFailedError(f"S3 did not delete {fault.get('Key')}: {fault.get('Message')}")


def _put_all(source: ObjectSource, bucket: str, keys: list[str]) -> None:
    """Many of them at the same time: one by one, thousands of images would take longer than a function has."""
    if len(keys) < AT_ONCE:
        for key in keys:
            source.put(bucket, key, _content_type(key))
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        putting = pool.map(lambda key: source.put(bucket, key, _content_type(key)), keys)
        for _ in putting:  # raises the first error; what has not begun is left out then
            pass


def _content_type(key: str) -> str:
    suffix = key[key.rfind(".") :].lower() if "." in key else ""
    return CONTENT_TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
