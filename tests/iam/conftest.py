"""The boto3 calls that the Lambda code makes in its tests, recorded in a run of their own."""

import pytest

from tests.iam.recorded_calls import Call, calls_of_lambda_tests


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[Call], set[Call]]:
    """(recorded, validated): all calls, and those with parameters that botocore found valid."""
    return calls_of_lambda_tests(tmp_path_factory.mktemp("calls") / "calls.json")
