"""Ten faults on the embedded AWS: the real function, behind a proxy that breaks its calls.

ministack's CloudFormation causes none of them, so the tests send the events of CloudFormation.
"""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bedrock_constructs.lambda_functions.sources import source_files
from local_aws import emulator
from tests.local_aws import fault_proxy
from tests.local_aws.conftest import Client
from tests.local_aws.fault_proxy import FaultProxy, Harm

THROUGHPUTS = "/provisioned-model-throughput"
STACK_ID = "arn:aws:cloudformation:us-east-1:000000000000:stack/live/0f0f"


@dataclass
class Live:
    """One function, one resource; `send` is CloudFormation's request, `answer` what came of it."""

    proxy: FaultProxy
    client: Client
    function: str
    name: str
    count: int = 0

    def send(self, request_type: str, *, deliveries: int = 1, **changes: Any) -> str:
        self.count += 1
        key = f"{self.name}-{self.count}"
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        properties = {
            "SchemaVersion": "1",
            "ProvisionedModelName": self.name,
            "ModelIdentifier": "amazon.nova-micro-v1:0:128k",
            "ModelUnits": "1",
            "KitDeployment": "live",
            **changes.pop("properties", {}),
        }
        event = {
            "RequestType": request_type,
            "RequestId": key,
            "ResponseURL": f"{self.proxy.url}/answers/{key}?X-Amz-Date={date}",
            "StackId": STACK_ID,
            "ResourceType": "Custom::BedrockProvisionedThroughput",
            "LogicalResourceId": f"Resource{self.name}",
            "ResourceProperties": properties,
            **({"PhysicalResourceId": self.name} if request_type != "Create" else {}),
            **changes,
        }
        for _ in range(deliveries):
            self.client("lambda").invoke(
                FunctionName=self.function, InvocationType="Event", Payload=json.dumps(event).encode()
            )
        return key

    def answer(self, key: str) -> dict[str, Any]:
        bodies = self.proxy.wait_for_answer(key)
        assert len(set(bodies)) == 1, bodies
        parsed: dict[str, Any] = json.loads(bodies[0])
        return parsed

    def ask(self, request_type: str, **changes: Any) -> dict[str, Any]:
        return self.answer(self.send(request_type, **changes))

    def existing(self) -> list[str]:
        found = self.client("bedrock").list_provisioned_model_throughputs()["provisionedModelSummaries"]
        return [item["provisionedModelName"] for item in found if item["provisionedModelName"].startswith(self.name)]


@pytest.fixture(scope="module")
def proxy(aws: emulator.EmbeddedAws) -> Iterator[FaultProxy]:
    with fault_proxy.running(aws.endpoint_url) as running:
        yield running


@pytest.fixture(scope="module")
def function(client: Client, proxy: FaultProxy) -> str:
    client("dynamodb").create_table(
        TableName="live-leases",
        KeySchema=[{"AttributeName": "Resource", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Resource", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, path in source_files("custom_resources.handler").items():
            # The embedded AWS's lists never lag: its tests do not wait for that.
            text = path.read_text(encoding="utf-8").replace("CONSISTENCY_SECONDS = 20.0", "CONSISTENCY_SECONDS = 0.5")
            writer.writestr(name, text)
    functions = client("lambda")
    functions.create_function(
        FunctionName="live-custom-resources",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="custom_resources.handler.handle",
        Timeout=900,
        Code={"ZipFile": archive.getvalue()},
        Environment={
            "Variables": {
                "AWS_ENDPOINT_URL": proxy.url,
                "LEASES_TABLE": "live-leases",
                "LONGEST_PAUSE_SECONDS": "0.3",
            }
        },
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="live-custom-resources")
    return "live-custom-resources"


@pytest.fixture
def live(proxy: FaultProxy, client: Client, function: str, request: pytest.FixtureRequest) -> Iterator[Live]:
    name = request.node.name.removeprefix("test_live_")[:8].rstrip("_-[").replace("_", "-")
    one = Live(proxy, client, function, name)
    yield one
    proxy.harms, proxy.answer_statuses = [], []
    one.ask("Delete")
    assert one.existing() == []


def test_live_fault_01_a_refusal_is_answered_and_leaves_nothing(live: Live) -> None:
    live.proxy.harms = [("POST", THROUGHPUTS, Harm(400, "ValidationException"))]

    answer = live.ask("Create")

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", live.name)
    assert "the proxy says no" in answer["Reason"]


def test_live_fault_04_three_deliveries_at_once_buy_once(live: Live) -> None:
    key = live.send("Create", deliveries=3)

    assert live.answer(key)["Status"] == "SUCCESS"
    assert live.ask("Update")["Status"] == "SUCCESS"  # after it the other two have nothing to say any more
    assert live.existing() == [live.name]
    assert len(live.proxy.answers[key]) == 1


def test_live_fault_05_the_delete_after_a_failed_create_removes_it(live: Live) -> None:
    live.proxy.harms = [("GET", f"{THROUGHPUTS}/", Harm(400, "ValidationException", times=0))]
    live.proxy.before = lambda method, path: _arm(live, method, path)

    answer = live.ask("Create")
    live.proxy.before = lambda method, path: None

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", live.name)
    assert live.existing() == [live.name]


def _arm(live: Live, method: str, path: str) -> None:
    """From the purchase on, one look is refused."""
    if method == "POST" and path == THROUGHPUTS:
        live.proxy.harms[0][2].times = 1


def test_live_fault_07_a_delete_with_an_invented_id_while_create_runs(live: Live) -> None:
    create = live.send("Create")
    while f"POST {THROUGHPUTS}" not in live.proxy.seen[-8:]:
        time.sleep(0.02)

    answer = live.ask("Delete", PhysicalResourceId=f"live-Resource{live.name}-ABCDEFGH")

    assert answer["Status"] == "SUCCESS"
    assert live.existing() == []
    assert create not in live.proxy.answers


def test_live_fault_08_a_delete_of_nothing_succeeds(live: Live) -> None:
    assert live.ask("Delete")["Status"] == "SUCCESS"


def test_live_fault_09_somebody_elses_name_is_left_alone(live: Live) -> None:
    bedrock = live.client("bedrock")
    arn = bedrock.create_provisioned_model_throughput(
        modelUnits=1, provisionedModelName=live.name, modelId="amazon.nova-micro-v1:0:128k"
    )["provisionedModelArn"]

    created, deleted = live.ask("Create"), live.ask("Delete")

    assert (created["Status"], deleted["Status"]) == ("FAILED", "SUCCESS")
    assert live.existing() == [live.name]
    while bedrock.get_provisioned_model_throughput(provisionedModelId=arn)["status"] != "InService":
        time.sleep(0.1)
    bedrock.delete_provisioned_model_throughput(provisionedModelId=arn)


def test_live_fault_18_throttled_reads_are_retried(live: Live) -> None:
    live.proxy.harms = [("GET", f"{THROUGHPUTS}/", Harm(429, "ThrottlingException", times=6))]

    assert live.ask("Create")["Status"] == "SUCCESS"


def test_live_fault_21_a_lost_answer_of_bedrock_buys_once(live: Live) -> None:
    live.proxy.harms = [("POST", THROUGHPUTS, Harm(lost=True))]

    assert live.ask("Create")["Status"] == "SUCCESS"
    assert live.existing() == [live.name]


def test_live_fault_23_other_units_are_refused_before_anything_is_bought(live: Live) -> None:
    live.ask("Create")
    before = live.proxy.seen.count(f"POST {THROUGHPUTS}")

    answer = live.ask("Update", properties={"ModelUnits": "2"})

    assert "Bedrock cannot change either" in answer["Reason"]
    assert live.proxy.seen.count(f"POST {THROUGHPUTS}") == before


def test_live_fault_27_a_response_url_that_fails_gets_the_answer(live: Live) -> None:
    live.proxy.answer_statuses = [500, 503]

    assert live.ask("Create")["Status"] == "SUCCESS"
