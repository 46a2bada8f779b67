"""Images and videos that training records name: the job's role must be able to read each, in the dataset's bucket.

https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html, 9 to 11
"""

import json
from collections.abc import Iterator

from ministack.services import s3

from local_aws.extension.bedrock.customization.training_records import MEDIA, TrainingDataError
from local_aws.extension.bedrock.service_roles import bucket_and_key, role_allows


def check_media(content: bytes, dataset: str, role: str) -> None:
    """Raise TrainingDataError for the first image or video that the job cannot use; `dataset` is the file's URI."""
    for line, uri in _places(content) if b"s3Location" in content else ():
        bucket, key = bucket_and_key(uri)
        if bucket != bucket_and_key(dataset)[0]:
            raise TrainingDataError(
                f"Unable to parse Amazon S3 file: {dataset}: line {line}: {uri} must be in the dataset's bucket"
            )
        missing = bucket not in s3._buckets or s3._get_object_data(bucket, key) is None
        if missing or not role_allows(role, "s3:GetObject", uri):
            raise TrainingDataError(
                f"Could not validate GetObject permissions to access Amazon S3 bucket {bucket} at key {key}"
                + (": the object does not exist" if missing else "")
            )


def _places(content: bytes) -> Iterator[tuple[int, str]]:
    """(line, URI) of each medium, once each."""
    seen = set()
    for number, line in enumerate(content.splitlines(), start=1):
        for message in json.loads(line).get("messages", []):
            for kind in MEDIA:
                for block in message["content"]:
                    uri = block[kind]["source"]["s3Location"]["uri"] if kind in block else ""
                    if uri and uri not in seen:
                        seen.add(uri)
                        yield number, uri
