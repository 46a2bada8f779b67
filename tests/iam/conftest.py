"""The boto3 calls that the Lambda code makes in its tests, recorded while they run."""

import pytest

from tests.iam.recorded_calls import Call, calls_of_lambda_tests


@pytest.fixture(scope="session")
def calls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[set[Call], set[Call]]:
    """(recorded, validated): all calls, and those with parameters that botocore found valid."""
    return calls_of_lambda_tests(request.session, tmp_path_factory.mktemp("calls") / "calls.json")
