"""Whose fault an error of a model's invocation is: only the model's own counts against a model that is tried.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from kit_contract.aws_errors import code_of, says_absent, says_denied

# The call may succeed in a moment: Bedrock is busy, or the model is being loaded.
PASSING = (
    *("ThrottlingException", "ServiceUnavailableException", "InternalServerException", "ModelNotReadyException"),
    "ModelTimeoutException",
)
# A policy or a deployment that is not in force yet, or was taken away: it reached no model.
NOT_REACHED = ("AccessDeniedException", "ResourceNotFoundException")
# The model could not answer this request. A ValidationException may also say that the model was not reached.
OF_THE_MODEL = ("ModelErrorException", "ModelStreamErrorException", "ValidationException")


def is_passing(error: BaseException) -> bool:
    return code_of(error) in PASSING


def reached_no_model(error: BaseException) -> bool:
    """Whether nothing can be said about the model, in any of the words that Bedrock has for it."""
    return code_of(error) in NOT_REACHED or says_absent(error) or says_denied(error)


def is_of_the_model(error: BaseException) -> bool:
    """Whether it counts against the model. Every other error is somebody else's, also an unknown one."""
    return code_of(error) in OF_THE_MODEL and not reached_no_model(error)
