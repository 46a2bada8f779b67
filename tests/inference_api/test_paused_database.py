"""A knowledge base in a paused Aurora cluster: the caller is told to come back, not that the request is wrong."""

from botocore.exceptions import ClientError

from inference_api.errors import api_error

# As users report it: https://github.com/aws-samples/bedrock-chat/pull/858
MESSAGE = (
    "The vector database encountered an error while processing the request: The Aurora DB instance db-1 is resuming "
    "after being auto-paused. Please wait a few seconds and try again. (Service: RdsData, Status Code: 400)"
)


def test_a_resuming_database_is_a_503_that_says_when_it_is_back() -> None:
    error = ClientError({"Error": {"Code": "ValidationException", "Message": MESSAGE}}, "Retrieve")

    answer = api_error(error)

    assert (answer.status, answer.code, answer.headers) == (503, "service_unavailable", {"Retry-After": "15"})
