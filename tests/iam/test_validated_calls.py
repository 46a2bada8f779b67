"""Every boto3 call in lambda/ is made by a test, with parameters that botocore holds against its model.

It judges what the tests before it did, and so needs all of them: a run of a part skips it.
"""

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from tests.iam import recorded_calls
from tests.iam.call_sites import CallSite, call_sites
from tests.iam.recorded_calls import VALIDATED, Call


@pytest.fixture
def validated(request: pytest.FixtureRequest) -> set[CallSite]:
    options = request.config.option
    if request.config.args_source != pytest.Config.ArgsSource.TESTPATHS or options.keyword or options.markexpr:
        pytest.skip("it judges the calls of a whole run: make test")
    return {CallSite(call.modules[-1], call.operation) for call in VALIDATED}


def test_every_call_in_the_source_was_validated(validated: set[CallSite]) -> None:
    operations = {site.operation for site in validated}
    unseen = sorted(
        f"{site.file or 'passed on'}: {site.operation}"
        for site in call_sites()
        if site not in validated and (site.file or site.operation not in operations)
    )

    assert unseen == [], "no test makes these calls through a client that validates"


def test_every_validated_operation_is_found_in_the_source(validated: set[CallSite]) -> None:
    """The reading of the source misses no way to call a client."""
    assert {site.operation for site in validated} - {site.operation for site in call_sites()} == set()


def test_the_source_is_read() -> None:
    sites = call_sites()

    assert len(sites) > 40
    assert CallSite("customization/promotion.py", "put_parameter") in sites
    assert CallSite("customization/training_metrics.py", "list_objects_v2") in sites, "a paginator's operation"
    assert CallSite(None, "invoke") in sites, "a method that is passed on"


def test_a_call_with_a_wrong_parameter_is_not_taken_for_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(("customization/promotion.py",), "ssm", "put_parameter")
    recorded: set[Call] = set()
    validated: set[Call] = set()
    monkeypatch.setattr(recorded_calls, "_lambda_modules", lambda: call.modules)
    monkeypatch.setattr(recorded_calls, "RECORDED", recorded)
    monkeypatch.setattr(recorded_calls, "VALIDATED", validated)
    client = boto3.client("ssm", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    with pytest.raises(ParamValidationError):
        client.put_parameter(Name="x", Value=5)

    assert (recorded, validated) == ({call}, set())
