"""Which API of an account is called, and what is said if there is none."""

from pathlib import Path

import boto3
import pytest

from kit.agents.agent_api import KEY, connect
from kit.not_deployed import NotDeployedError
from kit_contract.errors import ExternalError
from tests.deployment_file import SHIPPED, deployment_file


class CloudFormation:
    def describe_stacks(self, StackName: str) -> dict[str, list[dict[str, str]]]:
        return {"Stacks": [{"StackName": StackName}]}


def test_a_stack_without_its_outputs_is_not_said_to_be_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "key")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: CloudFormation())

    with pytest.raises(ExternalError, match="has no output ApiUrl; wait while it is being deployed") as raised:
        connect(deployment_file(tmp_path, SHIPPED), local=False)

    assert not isinstance(raised.value, NotDeployedError)
