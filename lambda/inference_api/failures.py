"""What a request can end with, and its name in the log: the part of errors.py that the authorizer needs too."""

from __future__ import annotations

from collections.abc import Mapping

from kit_contract.aws_errors import code_of
from kit_contract.errors import KitError


class ApiError(KitError):
    """When a request ends with an error response. The caller sees `message`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.headers = dict(headers or {})


def service_code(error: Exception) -> str | None:
    """The AWS error code of a botocore ClientError, else None."""
    return code_of(error) or None


def failure_name(error: BaseException) -> str:
    """For the log: the code of an ApiError, else AWS's error code or the class name, and those of its causes."""
    if isinstance(error, ApiError) and not error.__cause__:
        return error.code
    name = (service_code(error) if isinstance(error, Exception) else None) or type(error).__name__
    return f"{name} from {failure_name(error.__cause__)}" if error.__cause__ else name
