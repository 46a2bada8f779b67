"""What Bedrock's messages mean where the error code alone does not say it."""

import pytest
from botocore.exceptions import ClientError

from kit_contract.aws_errors import says_absent, says_busy, says_denied, status_of


def error(code: str, message: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetCustomModel")  # type: ignore[arg-type]  # the stubs want every member


ABSENT = [
    "The provided model identifier is invalid.",
    "Custom model sup-support-0123456789abcdef not found",
    "Could not find the specified custom model",
    "The custom model deployment sup-support does not exist",
]
BUSY = [
    "A custom model deployment named sup-support already exists",
    "Deployment sup-support is being created or updated",
    "The deployment is currently updating",
    "The resource is in UPDATING state",
    "An update of the deployment is in progress",
]
DENIED = [
    "Operation not allowed",
    "Your account is not authorized to invoke this API operation.",
    "Your account is not authorized to perform this action. Please create a support case",
    "Knowledge base role sup is not able to call specified bedrock embedding model titan: Error 002: Access to Bedrock "
    "models is not allowed for this account (Service: BedrockRuntime, Status Code: 400)",
]
OTHERS = ["modelDeploymentName must match [a-z]", "Input is too long for requested model.", "tool not allowed here"]


@pytest.mark.parametrize("message", ABSENT)
def test_a_resource_is_absent(message: str) -> None:
    assert says_absent(error("ValidationException", message))
    assert says_absent(error("ResourceNotFoundException", "any words", 404))
    assert not says_absent(error("AccessDeniedException", message, 403))


@pytest.mark.parametrize("message", BUSY)
def test_a_resource_is_busy(message: str) -> None:
    assert says_busy(error("ValidationException", message))
    assert says_busy(error("ConflictException", "any words"))
    assert not says_busy(error("ServiceQuotaExceededException", message))


@pytest.mark.parametrize("message", DENIED)
def test_an_account_is_denied(message: str) -> None:
    assert says_denied(error("ValidationException", message))
    assert says_denied(error("AccessDeniedException", "any words", 403))


@pytest.mark.parametrize("message", OTHERS)
def test_other_refusals_are_none_of_these(message: str) -> None:
    refusal = error("ValidationException", message)

    assert not says_absent(refusal)
    assert not says_busy(refusal)
    assert not says_denied(refusal)


def test_an_error_without_a_response_has_no_status() -> None:
    assert status_of(ValueError("a bug")) == 0
    assert status_of(error("X", "y", 503)) == 503
    assert not says_absent(ValueError("not found"))
