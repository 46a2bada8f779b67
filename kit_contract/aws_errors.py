"""What an error of AWS means, where its code alone does not say it. Works on botocore's errors without importing it.

Bedrock's API reference lists ResourceNotFoundException and ConflictException for some operations only, and the service
also reports either as ValidationException: CreateCustomModelDeployment and UpdateCustomModelDeployment list no
ConflictException at all (botocore 1.44, bedrock/2023-04-20/service-2.json). There only the message tells.
"""

import re

# Patterns are compiled when the first error is looked at: at the import they would slow down each cold start.
VALIDATION = "ValidationException"
ABSENT = (
    r"\b(not found|(does not|doesn't|did not|didn't) exist|no longer exists|(could not|cannot|can't|unable to) find"
    r"|could not be found|(could not|cannot) be resolved|could not resolve)\b"
    r"|provided model identifier is invalid"
)
BUSY = (
    r"\b(already exists|already in use|in progress|is (currently |still |already )?(being )?(creat|updat|delet)(ed|ing)"
    r"|(creating|updating|deleting) (state|status)|(state|status)( is|:| of)? ['\"]?(creating|updating|deleting))\b"
)
# What Bedrock answers to an account that AWS has not verified, or that may not use a model: not the request's fault.
# https://github.com/kirodotdev/Kiro/issues/11191, https://github.com/aws/aws-cli/issues/8717,
# https://github.com/aws-samples/bedrock-chat/issues/471, https://github.com/prowler-cloud/prowler/pull/12801
# Knowledge bases pass it on as "Error 002: Access to Bedrock models is not allowed for this account".
DENIED = r"^operation not allowed|\baccount is not authorized\b|\bnot allowed for this account\b"


def code_of(error: BaseException) -> str:
    """The AWS error code of a boto3 ClientError; empty for every other error."""
    return str(_part(error).get("Code", ""))


def message_of(error: BaseException) -> str:
    """The service's own message, without botocore's preamble; empty for every other error."""
    return str(_part(error).get("Message", ""))


def status_of(error: BaseException) -> int:
    """The HTTP status of the response; 0 if there was none."""
    response = getattr(error, "response", None)
    metadata = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    return int(metadata.get("HTTPStatusCode") or 0)


def says_absent(error: BaseException) -> bool:
    """Whether the resource that the call names does not exist."""
    if code_of(error) == "ResourceNotFoundException":
        return True
    return code_of(error) == VALIDATION and _says(error, ABSENT)


def says_busy(error: BaseException) -> bool:
    """Whether the resource is being created, updated or deleted, or exists already: look at it again."""
    if code_of(error) == "ConflictException":
        return True
    return code_of(error) == VALIDATION and _says(error, BUSY)


def says_denied(error: BaseException) -> bool:
    """Whether the account or the role may not do it, in any of the words that Bedrock has for it."""
    if code_of(error) in ("AccessDeniedException", "AccessDenied"):
        return True
    return code_of(error) == VALIDATION and _says(error, DENIED)


def _says(error: BaseException, pattern: str) -> bool:
    return re.search(pattern, message_of(error), re.IGNORECASE) is not None


def _part(error: BaseException) -> dict[str, object]:
    response = getattr(error, "response", None)
    part = response.get("Error", {}) if isinstance(response, dict) else {}
    return part if isinstance(part, dict) else {}
