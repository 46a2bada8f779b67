"""Every boto3 call in lambda/ is made by a test whose client validates the parameters against botocore's model."""

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError

from tests.iam import recorded_calls
from tests.iam.call_sites import CallSite, call_sites
from tests.iam.recorded_calls import Call


@pytest.fixture
def validated(calls: tuple[set[Call], set[Call]]) -> set[CallSite]:
    return {CallSite(call.modules[-1], call.operation) for call in calls[1]}


def test_every_call_in_the_source_was_validated(validated: set[CallSite]) -> None:
    operations = {site.operation for site in validated}
    unseen = sorted(
        f"{site.file or 'passed as an argument'}: {site.operation}"
        for site in call_sites()
        if site not in validated and (site.file or site.operation not in operations)
    )

    assert unseen == [], "no test makes these calls through a client that validates"


def test_every_validated_operation_is_found_in_the_source(validated: set[CallSite]) -> None:
    """call_sites() misses no way to call a client."""
    assert {site.operation for site in validated} - {site.operation for site in call_sites()} == set()


def test_the_source_is_read() -> None:
    sites = call_sites()

    assert len(sites) > 40
    assert CallSite("customization/promotion.py", "put_parameter") in sites
    assert CallSite("customization/training_metrics.py", "list_objects_v2") in sites, "a paginator's operation"
    assert CallSite(None, "invoke") in sites, "a method passed as an argument"


def test_a_call_with_a_wrong_parameter_does_not_count_as_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    call = Call(("customization/promotion.py",), "ssm", "put_parameter")
    recorded: set[Call] = set()
    validated: set[Call] = set()
    monkeypatch.setattr(BaseClient, "_make_api_call", BaseClient.__dict__["_make_api_call"])  # restored afterwards
    monkeypatch.setattr(recorded_calls, "_lambda_modules", lambda: call.modules)
    monkeypatch.setattr(recorded_calls, "RECORDED", recorded)
    monkeypatch.setattr(recorded_calls, "VALIDATED", validated)
    recorded_calls.record_calls()
    client = boto3.client("ssm", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    with pytest.raises(ParamValidationError):
        client.put_parameter(Name="x", Value=5)

    assert (recorded, validated) == ({call}, set())
