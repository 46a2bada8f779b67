"""What a customization method does in a job, and the objects that all of them read with the job's role."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ministack.services import s3

from local_aws.extension.bedrock.customization.job_description import output_folder
from local_aws.extension.bedrock.customization.training_records import Pairs, TrainingDataError
from local_aws.extension.bedrock.service_roles import bucket_and_key, role_allows

Job = dict[str, Any]
Files = dict[str, list[Pairs]]
Results = tuple[dict[str, str], dict[str, Any]]


class Method(NamedTuple):
    """`check`: Bedrock's message for a request (body, base) that it refuses, or "". `read`: the records by URI, the
    training set first. `train`: what the job writes to S3 (path -> text), and the metrics of job and model. The last
    two raise TrainingDataError, which fails the job.
    """

    check: Callable[[dict[str, Any], str], str]
    read: Callable[[Job], Files]
    train: Callable[[Job, Files], Results]


def read_object(uri: str, role: str) -> bytes:
    bucket, key = bucket_and_key(uri)
    content: bytes | None = s3._get_object_data(bucket, key)
    if content is None or not role_allows(role, "s3:GetObject", uri):
        raise TrainingDataError(
            f"Could not validate GetObject permissions to access Amazon S3 bucket {bucket} at key {key}"
            + (": the object does not exist" if content is None else "")
        )
    return content


def check_output(job: Job) -> None:
    role, target = job["body"]["roleArn"], job["body"]["outputDataConfig"]["s3Uri"]
    if not role_allows(role, "s3:PutObject", f"{target.rstrip('/')}/{output_folder(job)}"):
        raise TrainingDataError(f"Amazon S3 perms missing (PutObject) for {target}")
    if bucket_and_key(target)[0] not in s3._buckets:
        raise TrainingDataError(f"Amazon S3 perms missing (PutObject) for {target}: the bucket does not exist")


def parsed(uri: str, role: str, read: Callable[[bytes], list[Pairs]]) -> list[Pairs]:
    """The records of the object; TrainingDataError names it."""
    content = read_object(uri, role)
    try:
        return read(content)
    except TrainingDataError as error:
        raise TrainingDataError(f"Unable to parse Amazon S3 file: {uri}: {error}") from None
