"""Errors as Bedrock answers them, so that AWS SDKs raise the exceptions that they raise for Bedrock.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from inference_api.aws.event_stream import encoded_frame
from inference_api.errors import ApiError
from inference_api.http_messages import Answer, json_answer

# Code of an ApiError -> Bedrock's exception and its status. AWS SDKs repeat a 429 or 5xx, but no 408: it is billed.
_EXCEPTIONS: Mapping[str, tuple[str, int]] = {
    "rate_limit_exceeded": ("ThrottlingException", 429),
    "model_not_ready": ("ModelNotReadyException", 429),
    "timeout": ("ModelTimeoutException", 408),
    "model_error": ("ModelErrorException", 424),
    "stream_cut": ("ModelErrorException", 424),
}
_EXCEPTIONS_OF_STATUS: Mapping[int, str] = {
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}
# Bedrock's streams have these exceptions only. Any other one is the stream's own.
_IN_STREAMS = {
    "ThrottlingException": "throttlingException",
    "ModelNotReadyException": "throttlingException",
    "ServiceUnavailableException": "serviceUnavailableException",
    "InternalServerException": "internalServerException",
    "ValidationException": "validationException",
}
_STREAM_FAILED = "modelStreamErrorException"


def error_answer(error: ApiError) -> Answer:
    name, status = _exception(error)
    headers = {"x-amzn-ErrorType": name, **error.headers}
    return json_answer(status, {"message": error.message}, headers)


def error_frame(error: ApiError) -> bytes:
    """The exception that ends a stream."""
    name, status = _exception(error)
    kind = _IN_STREAMS.get(name, _STREAM_FAILED)
    value = {"message": error.message} | ({"originalStatusCode": status} if kind == _STREAM_FAILED else {})
    headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
    return encoded_frame(headers, json.dumps(value).encode())


def _exception(error: ApiError) -> tuple[str, int]:
    other = "InternalServerException" if error.status >= 500 else "ValidationException"
    return _EXCEPTIONS.get(error.code) or (_EXCEPTIONS_OF_STATUS.get(error.status, other), error.status)
