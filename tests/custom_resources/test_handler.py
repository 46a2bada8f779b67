"""The edge: the right resource for each type, one log line, and no secret of CloudFormation in it."""

import json

import boto3
import pytest

from custom_resources import handler
from custom_resources.lifecycle import ResourceFailedError
from tests.custom_resources.aws import event


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def test_unknown_type_is_told_and_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ResourceFailedError, match="Custom::Thing is not one of the kit's"):
        handler.on_event(event("Create", {}), None)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["outcome"] == "failed"
    assert "secret.example" not in lines[0]


def test_deferred_failure_is_logged_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    broken = event("Create", {"Models": "none"}, ResourceType="Custom::BedrockModelAccess")

    answer = handler.on_event(broken, None)

    assert "property Models must be a list" in answer["Failure"]
    assert json.loads(capsys.readouterr().err)["outcome"] == "failure deferred"


def test_delete_without_work_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    request = event("Delete", {"Models": []}, ResourceType="Custom::BedrockModelAccess")

    assert handler.is_complete(request, None) == {"IsComplete": True}
    assert json.loads(capsys.readouterr().err)["complete"] is True


def test_every_type_can_be_made() -> None:
    for make in handler.resources(boto3.Session(), "us-east-1").values():
        assert make()
