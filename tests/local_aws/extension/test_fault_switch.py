"""The fault switch: its names, at the start and while the embedded AWS runs."""

import pytest

from kit_contract.places import PROJECT
from local_aws import emulator
from local_aws.environment import server_environment
from tests.local_aws.conftest import Call
from tests.local_aws.servers import switch


def test_faults_are_switched_while_it_runs(aws: emulator.EmbeddedAws) -> None:
    assert switch(aws.endpoint_url, ["throttling", "payment-refused"]) == (
        200,
        {"faults": ["payment-refused", "throttling"]},
    )
    assert switch(aws.endpoint_url, []) == (200, {"faults": []})


def test_an_unknown_fault_is_refused_with_those_there_are(aws: emulator.EmbeddedAws, call: Call) -> None:
    status, said = switch(aws.endpoint_url, ["unpaid"])

    assert status == 400
    assert said["message"].startswith("KIT_FAULTS takes absent-as-invalid, denied-objects, ")
    assert said["message"].endswith("; got unpaid")
    assert switch(aws.endpoint_url, []) == (200, {"faults": []})


def test_the_environment_has_the_faults_of_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_FAULTS", "throttling")

    given = server_environment(folder=PROJECT, port=1, region="us-east-1", time_scale=1.0)
    assert given["KIT_FAULTS"] == "throttling"
