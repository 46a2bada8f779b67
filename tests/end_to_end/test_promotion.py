"""A client calls an alias all through a promotion with canary, a worse model and a rollback, and sees no failure."""

import json
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kit.__main__ import main
from kit.runs import rollback
from kit.runs.deployed import deployed
from kit.training_deploy import training_arguments
from kit_contract.stacks import run_execution_output, run_outcome_output
from local_aws import emulator
from tests.end_to_end.day_two import DayTwo
from tests.end_to_end.day_two_settings import Settings
from tests.local_aws.servers import switch

pytestmark = [pytest.mark.end_to_end, pytest.mark.nightly]
PROMOTION = """
[training.customizations.support.promotion]
smoke_prompts = ["Hello"]
canary_percent = 50
canary_minutes = 20
min_requests = 10
max_latency_ratio = 100
keep_models = 2

[inference_api.aliases.bot]
model = "amazon.nova-micro-v1:0"
"""


class Promoting(Settings):
    def text(self) -> str:
        return super().text() + PROMOTION


class Caller:
    """Calls until it is left; `seen`: status and model of each answer."""

    def __init__(self, url: str, key: str) -> None:
        body = {"model": "bot", "messages": [{"role": "user", "content": "Hello"}]}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._request = urllib.request.Request(f"{url}/chat/completions", json.dumps(body).encode(), headers)
        self.seen: list[tuple[int | str, str]] = []
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)

    def __enter__(self) -> "Caller":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join(timeout=30)

    def _call(self) -> None:
        while not self._left.wait(0.05):
            try:
                with urllib.request.urlopen(self._request, timeout=30) as answer:
                    self.seen.append((answer.status, json.load(answer)["system_fingerprint"]))
            except OSError as error:
                self.seen.append((repr(error), ""))


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DayTwo]:
    folder = tmp_path_factory.mktemp("promotion")
    try:
        yield DayTwo(folder)
    finally:
        emulator.stop(folder / "aws")
        shutil.rmtree(folder, ignore_errors=True)


def deploy(aws: DayTwo, epochs: int) -> Any:
    path = aws.folder / "deployment.toml"
    path.write_text(Promoting(epochs=epochs, other=False).text(), encoding="utf-8")
    return aws.stacks.deploy(path, *training_arguments(f"{datetime.now(UTC)}"))


def ended(aws: DayTwo, arn: str) -> tuple[str, str]:
    """Status and error of the execution."""
    client, pause = aws.client("stepfunctions"), threading.Event()
    for _ in range(600):
        found = client.describe_execution(executionArn=arn)
        if found["status"] != "RUNNING":
            return found["status"], found.get("error", "")
        pause.wait(0.2)
    raise AssertionError(f"{arn} did not end")


def latest(aws: DayTwo, outputs: dict[str, str]) -> str:
    machine = outputs["WorkflowArn"]
    arn: str = aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"][0]["executionArn"]
    return arn


def fail_the_canary(aws: DayTwo) -> None:
    """The new model breaks after its smoke test."""
    pause = threading.Event()
    serving = "/bedrock-kit/day-two/aliases/bot/serving"
    for _ in range(600):
        value = json.loads(aws.client("ssm").get_parameter(Name=serving)["Parameter"]["Value"])
        if "canary" in value:
            switch(aws.client("sts").meta.endpoint_url, ["failing-models"])
            return
        pause.wait(0.1)
    raise AssertionError("no canary was opened")


def test_no_caller_sees_a_failure(aws: DayTwo, monkeypatch: pytest.MonkeyPatch) -> None:
    found = deploy(aws, 2)
    outputs = {key: value for stack in found.values() for key, value in stack.items()}
    api = aws.stacks.api(found)
    with Caller(api.url, api.key) as caller:
        assert ended(aws, outputs[run_execution_output("support")]) == ("SUCCEEDED", "")
        first = caller.seen[-1][1]
        deploy(aws, 3)
        second = latest(aws, outputs)
        assert ended(aws, second)[0] == "SUCCEEDED"
        deploy(aws, 4)
        fail_the_canary(aws)
        assert ended(aws, latest(aws, outputs)) == ("FAILED", "CanaryError")
        switch(aws.client("sts").meta.endpoint_url, [])
        again = deploy(aws, 4)["day-two-training"][run_outcome_output("support")]
        assert again.startswith("held back: ")
        monkeypatch.setattr(rollback, "connect", lambda *_, **__: deployed("day-two", "us-east-1", aws.client))
        assert main(["runs", "rollback", "bot", "--yes"]) == 0
        assert ended(aws, latest(aws, outputs))[0] == "SUCCEEDED"

    assert {status for status, _ in caller.seen} == {200}
    assert {"amazon.nova-micro-v1:0", first} < {model for _, model in caller.seen}
    names = [item["customModelDeploymentName"] for item in listed(aws)]
    assert names == ["day-two-support"]


def listed(aws: DayTwo) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("bedrock").list_custom_model_deployments()["modelDeploymentSummaries"]
    return found
