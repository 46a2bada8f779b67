"""An account whose answers are stubbed, and what `kit deploy` asks of it."""

from typing import Any

import boto3
from botocore.stub import Stubber

from deployment.config import DeploymentConfig
from kit.deleted_resources import generation_arguments
from tests.kit.test_missing_documents import STACK

SERVICES = ("cloudformation", "bedrock", "bedrock-agentcore-control")
HEAD = {"deployment": {"name": "sup", "region": "us-east-1"}}


class Account:
    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        self.clients: dict[str, Any] = {service: session.client(service) for service in SERVICES}
        self.stubs = {service: Stubber(client) for service, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.said: list[str] = []

    def stack(self, name: str, **outputs: str) -> None:
        listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        self.stubs["cloudformation"].add_response(
            "describe_stacks", {"Stacks": [{**STACK, "Outputs": listed}]}, {"StackName": name}
        )

    def arguments(self, config: DeploymentConfig) -> list[str]:
        found = generation_arguments(config, lambda service: self.clients[service], self.said.append)
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()
        return found


def guardrail() -> dict[str, Any]:
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-01T00:00:00Z")
    texts = dict.fromkeys(("name", "guardrailId", "guardrailArn", "version", "status"), "x")
    return {**times, **texts, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no"}
