"""Looks at a model in S3 before it is imported: files, architecture, size. Names them in an object that starts the run.

The object is data/<name>/<SHA-256>.jsonl, so that the same files are one run, whatever its section is called. Files
count by name, size and ETag: a model is read by Bedrock only, and may have 200 GB.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model.html
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from customization.collection.source_objects import ABSENT, CollectionError
from kit_contract.aws_errors import code_of, message_of
from kit_contract.dataset_collection import bucket_and_key
from kit_contract.external_models import IMPORT, source_record
from kit_contract.model_source import ModelSource, ReadSource, import_source
from kit_contract.run_names import data_prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONFIG, TOKENIZER_CONFIG = "config.json", "tokenizer_config.json"
TOKENIZERS = ("tokenizer.json", "tokenizer.model")
WEIGHTS = ".safetensors"
# Beside a model in Hugging Face's repositories; a new text is no new model.
NOTES = (".md", ".gitattributes", ".gitignore")
MAX_CONFIG = 1 << 20


class ModelFile(NamedTuple):
    size: int
    etag: str


Files = Mapping[str, ModelFile]


class SourceReader:
    """The core of the reader; the client is passed in. `account` is the function's own."""

    def __init__(self, source: ModelSource, *, s3: "S3Client", account: str) -> None:
        self._source, self._s3 = source, s3
        self._owner = source.owner or account
        self._bucket, prefix = bucket_and_key(source.s3_uri)
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""

    def read(self) -> ReadSource:
        """Raises CollectionError for what Bedrock would refuse, and for what it would import to no use."""
        files = self.files()
        architecture = self._check(files)
        record = record_of(self._source.s3_uri, files)
        key = f"{data_prefix(self._source.customization)}{hashlib.sha256(record).hexdigest()[:16]}.jsonl"
        return {
            "key": key,
            "files": len(files),
            "bytes": sum(file.size for file in files.values()),
            "stored": self._store(key, record),
            "architecture": architecture,
        }

    def files(self) -> dict[str, ModelFile]:
        """Name -> what S3 tells of the object, of those directly below the prefix. Raises CollectionError."""
        try:
            return dict(self._listed())
        except Exception as error:
            raise _readable(error, self._source.s3_uri) from None

    def _listed(self) -> Iterator[tuple[str, ModelFile]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix, Delimiter="/", ExpectedBucketOwner=self._owner
        )
        for item in (item for page in pages for item in page.get("Contents", [])):
            name = item["Key"].removeprefix(self._prefix)
            if name and not name.lower().endswith(NOTES):
                yield name, ModelFile(item["Size"], item["ETag"].strip('"'))

    def _check(self, files: Files) -> str:
        """The architecture's class."""
        uri, weights = self._source.s3_uri, [file.size for name, file in files.items() if name.endswith(WEIGHTS)]
        missing = [name for name in (CONFIG, TOKENIZER_CONFIG) if name not in files]
        missing += [] if weights else [f"*{WEIGHTS}"]
        missing += [] if any(name in files for name in TOKENIZERS) else [" or ".join(TOKENIZERS)]
        if missing:
            raise CollectionError(
                f"{uri} must hold a model in Hugging Face's format, and has no {', '.join(missing)}; upload the files "
                "themselves, not a folder of them"
            )
        config = self._json(CONFIG)
        architecture = self._architecture(config)
        if "quantization_config" in config:
            raise CollectionError(f"{uri}: Bedrock imports no quantized weights; save the model in BF16, FP16 or FP32")
        if (size := sum(weights)) >= (most := self._source.architectures[architecture]):
            raise CollectionError(
                f"{uri}: the weights of {architecture} must be smaller than {most:,} bytes, got {size:,}"
            )
        return architecture

    def _architecture(self, config: Mapping[str, Any]) -> str:
        named = [str(name) for name in config.get("architectures") or []]
        for name in named:
            if name in self._source.without_converse:
                raise CollectionError(
                    f"{self._source.s3_uri}: Bedrock imports {name}, but its Converse takes no such model, and the "
                    "kit's API, evaluations and canaries ask by Converse; import it yourself and use InvokeModel"
                )
            if name in self._source.architectures:
                return name
        raise CollectionError(
            f"{self._source.s3_uri}: architectures in {CONFIG} must name one of "
            f"{', '.join(sorted(self._source.architectures))}, got {', '.join(named) or 'none'}"
        )

    def _json(self, name: str) -> dict[str, Any]:
        uri = f"s3://{self._bucket}/{self._prefix}{name}"
        try:
            found = self._s3.get_object(
                Bucket=self._bucket, Key=f"{self._prefix}{name}", ExpectedBucketOwner=self._owner
            )
        except Exception as error:
            raise _readable(error, uri) from None
        try:
            value = json.loads(found["Body"].read(MAX_CONFIG))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise CollectionError(f"{uri} is not a JSON object; upload the model's own")
        return value

    def _store(self, key: str, record: bytes) -> bool:
        """False if it is there already: a second upload would be a second event."""
        try:
            self._s3.head_object(Bucket=self._source.bucket, Key=key)
        except Exception as error:
            if code_of(error) not in ABSENT:
                raise
        else:
            return False
        self._s3.put_object(Bucket=self._source.bucket, Key=key, Body=record, ContentType="application/jsonl")
        return True


def record_of(s3_uri: str, files: Files) -> bytes:
    """The content that identifies the run."""
    files_by_name: dict[str, object] = {name: list(file) for name, file in files.items()}
    return source_record(IMPORT, {"ModelDataSource": import_source(s3_uri), "Files": files_by_name})


def _readable(error: Exception, uri: str) -> Exception:
    """The error with what to do, or itself where nothing is known of it."""
    code = code_of(error)
    if code in ABSENT:
        return CollectionError(f"{uri} does not exist; upload the model, or correct s3_uri")
    if code in ("AccessDenied", "403"):
        return CollectionError(
            f"{uri} cannot be read ({message_of(error) or code}): its bucket is another account's (bucket_owner, and "
            "that bucket's policy), or it is encrypted with a key that is not source_kms_key_arn"
        )
    return error
