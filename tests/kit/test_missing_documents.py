"""Documents that a deploy uploaded and somebody deleted are asked for again; nothing else is."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from deployment.config import DeploymentConfig
from kit.missing_documents import restoring_arguments
from tests.deployment_file import shipped_config

STACK = {
    "StackName": "support-assistant-knowledge-base",
    "StackStatus": "UPDATE_COMPLETE",
    "CreationTime": "2026-11-01T00:00:00Z",
}
MANIFEST = ".bedrock-kit/Documents-0.json"


class Account:
    def __init__(self) -> None:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        self.clients = {service: session.client(service) for service in ("cloudformation", "s3")}
        self.stubs = {service: Stubber(client) for service, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.said: list[str] = []

    def has(
        self, *keys: str, manifest: list[str], output: str = "DocumentsBucket", restored: str | None = None
    ) -> None:
        outputs = [{"OutputKey": output, "OutputValue": "documents"}]
        outputs += [{"OutputKey": "RestoredAt", "OutputValue": restored}] if restored else []
        stacks = {"Stacks": [{**STACK, "Outputs": outputs}]}
        self.stubs["cloudformation"].add_response("describe_stacks", stacks, {"StackName": STACK["StackName"]})
        listed: dict[str, Any] = {"Contents": [{"Key": MANIFEST}]}
        self.stubs["s3"].add_response("list_objects_v2", listed, {"Bucket": "documents", "Prefix": ".bedrock-kit/"})
        body = json.dumps({"objects": dict.fromkeys(manifest, "0")}).encode()
        answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}
        self.stubs["s3"].add_response("get_object", answer, {"Bucket": "documents", "Key": MANIFEST})
        all_of_them: dict[str, Any] = {"Contents": [{"Key": key} for key in keys]}
        self.stubs["s3"].add_response("list_objects_v2", all_of_them, {"Bucket": "documents", "Prefix": "documents/"})

    def arguments(self, config: DeploymentConfig | None = None) -> list[str]:
        return restoring_arguments(config or shipped_config(), lambda service: self.clients[service], self.said.append)


@pytest.fixture
def account() -> Account:
    return Account()


def test_missing_documents_are_uploaded_again(account: Account) -> None:
    account.has("documents/a.md", manifest=["documents/a.md", "documents/b.md", "documents/c.md"])

    flag, value = account.arguments()

    assert (flag, value.split("=")[0]) == ("-c", "restore_objects")
    assert account.said[0].startswith("2 documents, such as documents/b.md, are missing in the bucket")


def test_each_knowledge_base_is_looked_at(account: Account) -> None:
    section = {"documents": "docs", "model": "amazon.nova-micro-v1:0"}
    deployment = {"name": "support-assistant", "region": "us-east-1"}
    config = {"deployment": deployment, "knowledge_bases": {"wiki": section, "handbooks": section}}
    account.has("documents/a.md", manifest=["documents/b.md"], output="HandbooksDocumentsBucket")

    assert account.arguments(DeploymentConfig.model_validate(config))[0] == "-c"
    assert account.said[0].startswith("documents/b.md is missing")


def test_after_a_restoration_a_deploy_without_changes_has_the_same_template(account: Account) -> None:
    account.has("documents/a.md", manifest=["documents/a.md"], restored="2026-11-27T10:00:00+00:00")

    assert account.arguments() == ["-c", "restore_objects=2026-11-27T10:00:00+00:00"]
    assert account.said == []


def test_nothing_is_asked_for_where_nothing_is_missing(account: Account) -> None:
    account.has("documents/a.md", "documents/by-hand.md", manifest=["documents/a.md"])

    assert account.arguments() == []
    assert account.said == []


def test_a_stack_that_does_not_exist_yet_misses_nothing(account: Account) -> None:
    account.stubs["cloudformation"].add_client_error("describe_stacks", "ValidationError", "does not exist")

    assert account.arguments() == []
    assert account.said == []


def test_the_deploy_goes_on_without_the_permission_to_look(account: Account) -> None:
    account.stubs["cloudformation"].add_client_error("describe_stacks", "AccessDenied")

    assert account.arguments() == []
    assert "whether documents are missing in the bucket is unknown" in account.said[0]
