"""What of a request to the runtime and its response is logged."""

from typing import Any
from urllib.parse import unquote

from local_aws.extension.bedrock.invocation import MODEL_PATH, called
from local_aws.extension.bedrock.invocation_logging.configuration import current
from local_aws.extension.bedrock.invocation_logging.delivery import deliver
from local_aws.extension.bedrock.invocation_logging.records import Exchange
from local_aws.extension.bedrock.responses import BedrockError, Response, identifier


def log(path: str, headers: dict[str, str], body: bytes, response: Response) -> None:
    """Nothing while logging is off, and of a model that does not exist."""
    match = MODEL_PATH.match(unquote(path)) if current() else None
    if match is None:
        return
    try:
        call = called(path)
    except BedrockError:
        return
    assert call
    status, answered, content = response
    error = "" if status == 200 else _header(answered, "x-amzn-errortype") or "InternalServerException"
    request_id = _header(answered, "x-amzn-requestid") or "-".join(identifier(length) for length in (8, 4, 4, 4, 12))
    answer = content if status == 200 and isinstance(content, bytes) else None
    deliver(Exchange(call.operation, match[1], call.model, headers, body, answer, request_id, error))


def _header(headers: dict[str, Any], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")
