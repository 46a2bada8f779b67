"""Images and documents in S3, which a request of Converse names: for models of Amazon Nova, if the object is there.

Others have no such source, and say so in their own words: https://github.com/aws/aws-sdk-js-v3/issues/7732. S3 answers
403 for an object that is not there to a caller without s3:ListBucket; how Bedrock passes that on is not documented.
"""

from collections.abc import Iterator
from typing import Any

from ministack.services import s3

from local_aws.extension.bedrock.responses import BedrockError
from local_aws.extension.bedrock.service_roles import bucket_and_key

READ_OBJECTS = ("amazon.nova-", "arn:")  # of an ARN only Bedrock knows the model


def check(model: str, messages: list[dict[str, Any]]) -> None:
    """Raise BedrockError for an object that `model` does not read."""
    for where, uri in _objects(messages):
        if not model.startswith(READ_OBJECTS):
            message = f"The model returned the following errors: {where}.source.type: Field required"
            raise BedrockError("ValidationException", message)
        bucket, key = bucket_and_key(uri)
        if bucket not in s3._buckets or s3._get_object_data(bucket, key) is None:
            raise BedrockError("AccessDeniedException", "Access Denied (Service: S3, Status Code: 403)")


def _objects(messages: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for index, message in enumerate(messages):
        for position, block in enumerate(message["content"]):
            for kind in ("image", "document", "video"):
                location = ((block.get(kind) or {}).get("source") or {}).get("s3Location")
                if location:
                    yield f"messages.{index}.content.{position}.{kind}", str(location.get("uri"))
