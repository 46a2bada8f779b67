"""What callers see of a failure: not what AWS says of the function's own calls."""

from botocore.exceptions import BotoCoreError

from inference_api.errors import ApiError
from kit_contract.aws_errors import code_of

BUSY = ("Throttling", "ThrottlingException", "TooManyRequestsException", "SlowDown", "ServiceUnavailable")


def api_error(failure: Exception) -> ApiError:
    if isinstance(failure, ApiError):
        return failure
    if isinstance(failure, BotoCoreError) or code_of(failure) in BUSY:
        return ApiError(503, "service_unavailable", "AWS is busy; send the request again", headers={"Retry-After": "1"})
    return ApiError(500, "internal_error", "the API failed on this request; find the request id in its log")
