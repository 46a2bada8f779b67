"""Refusals of AgentCore: a ValidationException names its fields.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_ValidationException.html
"""

import json

from local_aws.extension.bedrock.error_codes import refused
from local_aws.extension.bedrock.responses import BedrockError, Response

SERVICE = "bedrock-agentcore"
VALIDATION = "ValidationException"
FAILED = "FieldValidationFailed"


class InvalidFieldError(BedrockError):
    """When a field of a request is not valid."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(VALIDATION, f"{field}: {why}")
        self.field = field
        self.why = why


def refusal(method: str, path: str, error: BedrockError) -> Response:
    status, headers, body = refused(SERVICE, method, path, error)
    if error.code != VALIDATION:
        return status, headers, body
    found = [{"name": error.field, "message": error.why}] if isinstance(error, InvalidFieldError) else []
    content = {**json.loads(body), "reason": FAILED, "fieldList": found}
    return status, headers, json.dumps(content).encode()
