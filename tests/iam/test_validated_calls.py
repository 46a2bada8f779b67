"""Every boto3 call in lambda/ is made by a test, with parameters that botocore holds against its model.

validated_calls.json is the record of a whole run, so that this test says something when it runs alone; after a change
of the code `KIT_RECORD_CALLS=1 make test` writes it anew.
"""

import json
import os
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from tests.iam import recorded_calls
from tests.iam.call_sites import CallSite, call_sites
from tests.iam.recorded_calls import VALIDATED, Call

FILE = Path(__file__).with_name("validated_calls.json")


def _seen() -> set[CallSite]:
    return {CallSite(call.modules[-1], call.operation) for call in VALIDATED}


@pytest.fixture(scope="module")
def known() -> set[CallSite]:
    if os.environ.get("KIT_RECORD_CALLS"):
        rows = sorted([site.file, site.operation] for site in _seen())
        FILE.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return {CallSite(file, operation) for file, operation in json.loads(FILE.read_text(encoding="utf-8"))}


def test_every_call_in_the_source_was_validated(known: set[CallSite]) -> None:
    operations = {site.operation for site in known}
    unseen = {site for site in call_sites() if site not in known and (site.file or site.operation not in operations)}

    assert unseen == set(), "no test makes these calls through a client that validates: (file under lambda/, operation)"


def test_every_validated_operation_is_found_in_the_source(known: set[CallSite]) -> None:
    """The reading of the source misses no way to call a client."""
    sites = call_sites()

    assert {site.operation for site in known} - {site.operation for site in sites} == set()
    assert len(sites) > 40


def test_the_record_is_that_of_the_tests(known: set[CallSite], request: pytest.FixtureRequest) -> None:
    whole = request.config.args == [str(request.config.rootpath / "tests")] or not request.config.invocation_params.args

    assert _seen() <= known
    assert not whole or known <= _seen(), "calls that no test makes any more"


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
