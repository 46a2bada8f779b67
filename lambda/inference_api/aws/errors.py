"""Errors of AWS calls, in the shape of botocore's ClientError."""

from __future__ import annotations

import json
from collections.abc import Mapping

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Any


class AwsError(Exception):
    """When AWS answers with an error. `kit_contract.aws_errors` reads it."""

    def __init__(self, code: str, message: str, *, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.response = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }


def error_from(status: int, headers: Mapping[str, str], body: bytes) -> AwsError:
    """The error of a JSON response. The code is in a header, in `__type` or in `code`, with or without a namespace."""
    fields = fields_of(body)
    code = headers.get("x-amzn-errortype") or fields.get("__type") or fields.get("code") or str(status)
    message = fields.get("message") or fields.get("Message") or ""
    return AwsError(str(code).split(":")[0].rpartition("#")[2], str(message), status=status)


def fields_of(body: bytes) -> dict[str, Any]:
    """The fields of an error; none if it is not a JSON object."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
