"""Images and documents in S3: which ones the API may read, and what Bedrock says of them.

Bedrock reads them with the rights of the function's role, so every key can read what the role can.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_S3Location.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inference_api import fields
from inference_api.errors import ApiError
from inference_api.fields import invalid
from inference_api.media import S3, S3Uri
from kit_contract.aws_errors import VALIDATION, code_of, message_of

_MEDIA = ("image", "document", "video", "audio")
_DENIED = "AccessDeniedException"
_OF_S3 = r"\bs3\b|\bbucket\b"
_OF_THE_MODEL = r"bedrock:|\bmodel\b"
# Claude and others that take bytes only: https://github.com/aws/aws-sdk-js-v3/issues/7732
_BYTES_ONLY = "source.type: Field required"


def refuse_unlisted(messages: Any, buckets: Iterable[str]) -> None:
    """Raises ApiError 400 for an object outside of `buckets`, each "bucket" or "bucket/prefix/".

    Bedrock's answer would be that access is denied, and the function could not tell it from a model that is.
    """
    for where, location in _locations(messages):
        uri = fields.text(location, "uri", where=f"{where}.")
        named = uri.where if isinstance(uri, S3Uri) else where
        for name in location:
            if name != "uri":
                message = f"{named}.{name} is not supported: this API reads buckets of its own account; leave it out"
                raise invalid(f"{named}.{name}", message, code="unsupported_value")
        if not any(_holds(bucket, uri) for bucket in buckets):
            message = (
                f"{named} is not supported: this API may not read {uri}; send the bytes, or add its bucket (or "
                '"bucket/prefix/") to media_buckets in [inference_api] and deploy'
            )
            raise invalid(named, message, code="unsupported_value")


def explained(error: Exception, messages: Any) -> Exception:
    """What to raise for an error of Bedrock: one of an object in S3 says nothing about the model to other callers."""
    found = next(_locations(messages), None)
    if found is None:
        return error
    where, location = found
    uri = location["uri"]
    named = uri.where if isinstance(uri, S3Uri) else where
    if _is_of_object(error):
        message = (
            f"Bedrock cannot read {named}, or another object in S3: it does not exist, or a policy of its bucket or "
            "its KMS key denies it to the role of this API; check the key"
        )
        return invalid(named, message)
    if code_of(error) == VALIDATION and _BYTES_ONLY in message_of(error):
        message = (
            f"{named} is not supported: the model that serves this alias reads no objects in S3, as Amazon Nova does; "
            "send the bytes"
        )
        return invalid(named, message, code="unsupported_value")
    return error


def explained_by_body(error: Exception, body: bytes) -> Exception:
    """`explained` for a body of InvokeModel, whose fields are the model's."""
    if b"s3Location" not in body or not _is_of_object(error):
        return error
    message = (
        "Bedrock cannot read an object in S3 that the body names: it does not exist, or it is not in media_buckets of "
        "[inference_api]; send the bytes, or add its bucket and deploy"
    )
    return ApiError(400, "invalid_value", message)


def _is_of_object(error: Exception) -> bool:
    reason = message_of(error)
    if code_of(error) != _DENIED:
        return False
    return _says(reason, _OF_S3) or not _says(reason, _OF_THE_MODEL)


def _says(reason: str, pattern: str) -> bool:
    return re.search(pattern, reason, re.IGNORECASE) is not None


def _holds(bucket: str, uri: str) -> bool:
    return uri.startswith(f"{S3}{bucket}" if bucket.endswith("/") else f"{S3}{bucket}/")


def _locations(messages: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each s3Location of Converse's messages and of their tool results, with its place."""
    for where, block in _blocks(messages):
        for kind in _MEDIA:
            source = fields.optional_object(fields.optional_object(block, kind), "source")
            if "s3Location" in source:
                yield f"{where}.{kind}.source.s3Location", fields.optional_object(source, "s3Location")


def _blocks(messages: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        for index, block in enumerate(fields.items(message, "content", where=f"{where}.")):
            place = f"{where}.content[{index}]"
            yield place, block
            result = fields.optional_object(block, "toolResult")
            for inner, part in enumerate(fields.items(result, "content", where=f"{place}.toolResult.")):
                yield f"{place}.toolResult.content[{inner}]", part
