"""`kit capacity`: errors first, then the table and the event of each action."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from kit import __main__, embedded_outputs
from kit.capacity import command, controller
from kit.capacity.controller import CapacityFunction, Clients
from kit.capacity.table import sentence, table
from kit_contract.errors import ExternalError

FUNCTION, WHO = "the-function", "arn:aws:iam::111122223333:user/me"
STEP = {"name": "sup-nova", "status": "absent", "wanted": "bought", "why": "x", "until": None, "settled": False}
REPORT = {
    "name": "sup-nova",
    "status": "InService",
    "state": "bought",
    "since": "2026-11-30T07:00:00+00:00",
    "why": "schedule",
    "who": "reconcile",
    "wanted": "bought",
    "wanted_why": "schedule",
    "next_change": "2026-11-30T19:00:00+00:00",
    "next_state": "released",
    "model_units": 1,
    "alias": "bot",
    "accepted_usd_per_day": 2400.0,
    "accepted_usd_per_hour": 100.0,
    "commitment": None,
    "committed_until": None,
}


class Aws:
    """Stubbed clients behind `kit capacity`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, outputs: dict[str, str] | None = None) -> None:
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        clients = Clients(session.client("cloudformation"), session.client("lambda"), session.client("sts"))
        self.stacks, self.functions = Stubber(clients.cloudformation), Stubber(clients.lambda_)
        self.identity = Stubber(clients.sts)
        for stubber in (self.stacks, self.functions, self.identity):
            stubber.activate()
        shown = {"CapacityFunction": FUNCTION} if outputs is None else outputs
        stack = {
            "StackName": "sup-provisioned-throughput",
            "CreationTime": "2026-11-30T07:00:00Z",
            "StackStatus": "CREATE_COMPLETE",
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in shown.items()],
        }
        name = {"StackName": "sup-provisioned-throughput"}
        self.stacks.add_response("describe_stacks", {"Stacks": [stack]}, name)
        monkeypatch.setattr(command, "connect", lambda config, environment, local: CapacityFunction(clients, "sup"))
        self.clients = clients

    def answers(self, event: dict[str, Any], answer: Any, **more: str) -> None:
        body = json.dumps(answer).encode()
        response = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(body), len(body)), **more}
        asked = {"FunctionName": FUNCTION, "Payload": json.dumps(event).encode()}
        self.functions.add_response("invoke", response, asked)

    def decides(self, event: dict[str, Any]) -> None:
        self.identity.add_response("get_caller_identity", {"Arn": WHO})
        self.answers({**event, "who": WHO, "wait": False}, {"throughputs": [STEP]})
        onward = json.dumps({"action": "reconcile", "name": "sup-nova"}).encode()
        asked = {"FunctionName": FUNCTION, "InvocationType": "Event", "Payload": onward}
        self.functions.add_response("invoke", {"StatusCode": 202}, asked)

    def done(self) -> None:
        for stubber in (self.stacks, self.functions, self.identity):
            stubber.assert_no_pending_responses()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    return Aws(monkeypatch)


def kit(*arguments: str) -> int:
    return __main__.main(["capacity", *arguments])


def test_a_purchase_needs_a_terminal_or_yes(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    assert kit("buy", "nova") == 1

    assert "spends money and asks first, but there is no terminal to ask on; add --yes" in capsys.readouterr().err
    aws.done()


def test_json_does_not_ask(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    assert kit("buy", "nova", "--json") == 1
    aws.done()


def test_a_no_buys_nothing(aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def answer(text: str) -> str:
        asked.append(text)
        return ""

    aws.answers({"action": "status", "name": "sup-nova"}, {"throughputs": [REPORT]})
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)

    assert kit("buy", "nova") == 1

    assert asked == ["buy sup-nova for at most 100.00 USD an hour, until it is released? [y/N] "]
    assert "nothing was bought" in capsys.readouterr().err
    aws.done()


def test_an_error_of_the_function_is_one_line(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.identity.add_response("get_caller_identity", {"Arn": WHO})
    event = {"action": "resume", "name": "sup-nova", "who": WHO, "wait": False}
    aws.answers(event, {"errorMessage": "sup-nova is not a throughput"}, FunctionError="Unhandled")

    assert kit("resume", "nova") == 1
    assert capsys.readouterr().err == "sup-nova is not a throughput\n"


def test_a_missing_stack_says_what_to_add(aws: Aws) -> None:
    aws.stacks.add_client_error("describe_stacks", "ValidationError", "Stack with id x does not exist")
    CapacityFunction(aws.clients, "sup")

    with pytest.raises(
        ExternalError, match=r"stack sup-provisioned-throughput does not exist.*has no \[provisioned_throughput"
    ):
        CapacityFunction(aws.clients, "sup")


def test_a_stack_of_an_older_kit_must_be_deployed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws(monkeypatch, outputs={})

    with pytest.raises(ExternalError, match=r"no output CapacityFunction; .*, or wait while it is being deployed"):
        CapacityFunction(aws.clients, "sup")


def test_the_real_account_is_not_reached_through_an_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(ExternalError, match="would not reach AWS"):
        controller.connect(Path("deployment.toml"), local=False)


def test_the_embedded_aws_must_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", tmp_path / "outputs.json")
    with pytest.raises(ExternalError, match="start it with: make up"):
        controller.connect(Path("deployment.toml"), local=True)

    outputs = {"endpoint_url": "https://bedrock.us-east-1.amazonaws.com", "region": "us-east-1", "deployment": "sup"}
    (tmp_path / "outputs.json").write_text(json.dumps(outputs))
    with pytest.raises(ExternalError, match="not on this machine"):
        controller.connect(Path("deployment.toml"), local=True)


def test_without_an_action_it_prints_a_table(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answers({"action": "status"}, {"throughputs": [REPORT]})

    assert kit() == 0

    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "status", "since", "why", "next", "change", "at", "most", "a", "day"]
    for part in ("sup-nova", "InService", "schedule", "2026-11-30T19:00:00+00:00 (released)", "2,400.00 USD"):
        assert part in row


def test_json_holds_the_reports(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answers({"action": "status"}, {"throughputs": [REPORT]})

    assert kit("--json") == 0
    assert json.loads(capsys.readouterr().out) == [REPORT]


@pytest.mark.parametrize(
    ("arguments", "event"),
    [
        (("buy", "nova", "--yes"), {"action": "buy", "name": "sup-nova", "hours": None}),
        (("buy", "sup-nova", "--yes", "--hours", "2.5"), {"action": "buy", "name": "sup-nova", "hours": 2.5}),
        (("release", "nova", "--reason", "lunch"), {"action": "release", "name": "sup-nova", "reason": "lunch"}),
        (("resume", "nova"), {"action": "resume", "name": "sup-nova"}),
    ],
)
def test_an_action_takes_its_first_step_and_continues_in_the_background(
    aws: Aws, arguments: tuple[str, ...], event: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    aws.decides(event)

    assert kit(*arguments) == 0

    assert "sup-nova: absent, wanted bought (x); this takes some minutes" in capsys.readouterr().out
    aws.done()


def test_the_table_shows_a_commitment_an_unknown_price_and_an_absent_stack() -> None:
    committed = {**REPORT, "committed_until": "2026-12-30T07:00:00+00:00", "accepted_usd_per_day": None}
    committed |= {"next_change": None, "wanted_why": "x" * 80}
    text = table([committed, {"name": "sup-old", "status": "not deployed"}])

    assert "InService, committed until 2026-12-30T07:00:00+00:00" in text
    assert "unknown" in text
    assert "x" * 57 + "..." in text
    assert text.endswith("sup-old   not deployed")


def test_an_empty_table_is_a_sentence() -> None:
    assert table([]) == "this deployment has no provisioned throughput"


def test_a_settled_step_promises_nothing_more() -> None:
    step = {**STEP, "settled": True, "until": "2026-11-30T19:00:00+00:00"}

    assert sentence(step) == "sup-nova: absent, wanted bought (x) until 2026-11-30T19:00:00+00:00"
