"""`kit reap` on the embedded AWS."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kit.reap import command
from local_aws import emulator
from tests.local_aws.servers import BASE, Clients, running

MARK = {"bedrock-kit:deployment": "{0}", "bedrock-kit:resource": "{0}-provisioned-throughput/SupportThing"}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


@pytest.fixture(autouse=True)
def _user(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a shell after `make up`."""
    settings = {"ENDPOINT_URL": clients("sts").meta.endpoint_url, "DEFAULT_REGION": "us-east-1"}
    for name, value in {**settings, "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)


def buy(clients: Clients, name: str, deployment: str | None) -> str:
    tags = [{"key": key, "value": value.format(deployment)} for key, value in MARK.items()] if deployment else []
    arn: str = clients("bedrock").create_provisioned_model_throughput(
        provisionedModelName=name, modelId=BASE, modelUnits=1, tags=tags
    )["provisionedModelArn"]
    return arn


def in_service(clients: Clients, arn: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if clients("bedrock").get_provisioned_model_throughput(provisionedModelId=arn)["status"] == "InService":
            return
        time.sleep(0.05)
    raise AssertionError(f"{arn} did not come into service")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    code = command.run(parser.parse_args([*arguments, "--json"]))
    return code, json.loads(capsys.readouterr().out)


def deploy(clients: Clients, deployment: str) -> str:
    resource = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}
    template = json.dumps({"Resources": {"SupportThing": resource}})
    name = f"{deployment}-provisioned-throughput"
    clients("cloudformation").create_stack(StackName=name, TemplateBody=template)
    return name


# Two at a time: the quota of model units that the embedded AWS starts with.
def test_orphans_are_deleted_and_resources_of_stacks_stay(clients: Clients, capsys: pytest.CaptureFixture[str]) -> None:
    deploy(clients, "live")
    destroyed = deploy(clients, "destroyed")
    orphan, owned = buy(clients, "one", "destroyed"), buy(clients, "two", "live")
    in_service(clients, orphan)
    in_service(clients, owned)
    assert run(capsys)[0] == 0
    clients("cloudformation").delete_stack(StackName=destroyed)

    code, found = run(capsys)
    assert found["not_listed"] == {}
    assert (code, found["orphans"], found["account"]) == (command.ORPHANS_LEFT, [orphan], emulator.ACCOUNT)
    assert {item["what"] for item in found["resources"]} == {f"1 x {BASE}"}

    code, found = run(capsys, "--delete-orphans", "--yes")
    assert (code, [item["result"] for item in found["deletions"]]) == (0, ["deleted"])
    assert left(clients) == [owned]
    clients("bedrock").delete_provisioned_model_throughput(provisionedModelId=owned)


def test_a_resource_without_the_kits_tags_stays_whatever_its_name(
    clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    orphan, foreign = buy(clients, "gone-support", "gone"), buy(clients, "gone-support-2", None)
    in_service(clients, orphan)
    in_service(clients, foreign)

    assert run(capsys, "--delete-orphans", "--yes")[0] == 0
    assert left(clients) == [foreign]
    assert run(capsys, "--delete-orphans", "--yes")[0] == 0
    assert left(clients) == [foreign]


def left(clients: Clients) -> list[str]:
    summaries = clients("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]
    return [item["provisionedModelArn"] for item in summaries]
