"""Refusals with the codes and statuses of botocore's service models: an operation reports the errors that it lists.

What an operation does not list, it reports as ValidationException: CreateCustomModelDeployment has no
ConflictException. The status belongs to code and service: ConflictException is 400 in Bedrock and 409 in its agents.
"""

import re
from functools import cache
from typing import Any

from botocore.loaders import Loader

from local_aws.extension.bedrock import faults
from local_aws.extension.bedrock.responses import BedrockError, Response, refusal

VALIDATION = "ValidationException"
ABSENT = "ResourceNotFoundException"
INVALID_IDENTIFIER = "The provided model identifier is invalid."
Listed = tuple[tuple[str, re.Pattern[str], frozenset[str]], ...]


def refused(service: str, method: str, path: str, error: BedrockError) -> Response:
    """The response of `service` to this request for `error`."""
    code, message = error.code, str(error)
    if code == ABSENT and service == "bedrock" and faults.is_on(faults.ABSENT_AS_INVALID):
        code, message = VALIDATION, INVALID_IDENTIFIER
    code, status = code_and_status(service, method, path, code)
    return refusal(BedrockError(code, message), status)


def code_and_status(service: str, method: str, path: str, code: str) -> tuple[str, int]:
    """The code that the operation reports `code` as, and its HTTP status."""
    reported = code if code in _listed(service, method, path) else VALIDATION
    return reported, _statuses(service)[reported]


def throttled(service: str, method: str, path: str) -> Response | None:
    """The response to a call that the fault switch throttles, or None."""
    if not faults.throttles():
        return None
    message = "Too many requests, please wait before trying again."
    return refused(service, method, path, BedrockError("ThrottlingException", message))


def _listed(service: str, method: str, path: str) -> frozenset[str]:
    """The codes that the operation lists; those of the service for an operation that it does not have."""
    for wanted, pattern, codes in _operations(service):
        if wanted == method and pattern.fullmatch(path.rstrip("/")):
            return codes
    return frozenset(_statuses(service))


@cache
def _model(service: str) -> dict[str, Any]:
    model: dict[str, Any] = Loader().load_service_model(service, "service-2")
    return model


@cache
def _operations(service: str) -> Listed:
    return tuple(
        (
            operation["http"]["method"],
            re.compile(re.sub(r"\\{\w+\\}", "(.+)", re.escape(operation["http"]["requestUri"].rstrip("/")))),
            frozenset(error["shape"] for error in operation.get("errors", [])),
        )
        for operation in sorted(_model(service)["operations"].values(), key=_least_specific_last)
    )


def _least_specific_last(operation: dict[str, Any]) -> int:
    """`/jobs/{id}/stop` before `/jobs/{id}`: an identifier may be an ARN with slashes."""
    return -len(operation["http"]["requestUri"].rsplit("}", 1)[-1])


@cache
def _statuses(service: str) -> dict[str, int]:
    """The HTTP status of each exception of the service."""
    shapes = _model(service)["shapes"]
    return {
        name: shape.get("error", {}).get("httpStatusCode", 500)
        for name, shape in shapes.items()
        if shape.get("exception")
    }
