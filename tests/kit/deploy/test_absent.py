"""Stacks that are no longer in the file: which are found, what is shown, what each decision does."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from billed_resources.listing import Clients
from billed_resources.stack_removal import Waiting
from kit.deploy.absent import FAILED, UNDECIDED_OR_LEFT, Absent, Decision, settle
from kit.deploy.assembly import StackName
from kit.deploy.history import History, Place
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_prices
from tests.billed_resources.fake_aws import ACCOUNT, NOW, REGION, FakeAws, event

HERE = Place(ACCOUNT, REGION, "sup")
API = StackName(REGION, "sup-inference-api")
THROUGHPUT = "sup-provisioned-throughput"


class Run:
    """The account, this project's record and what was said."""

    def __init__(self, folder: Path) -> None:
        self.aws = FakeAws()
        self.said: list[str] = []
        self.history = History(folder / "deployed.json", folder / "deployment.toml")
        self.history.add(HERE)
        self.here = HERE

    def settle(self, decision: Decision, *, present: set[StackName] | None = None, was_known: bool = True) -> int:
        absent = Absent(self._clients, self.history, self.here, Waiting(self.said.append, sleep=lambda _: None))
        return settle(absent, {API} if present is None else present, decision, was_known=was_known)

    def _clients(self, region: str) -> Clients:
        assert region == REGION
        return self.aws.clients()

    @property
    def text(self) -> str:
        return "\n".join(self.said)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    made = Run(tmp_path)
    for name in ("sup-training", THROUGHPUT, API.name):
        made.aws.add_stack(name, "sup")
    made.aws.add_stack("theirs-inference-api", "theirs")
    made.aws.add_throughput("sup-support", {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{THROUGHPUT}/SupportThing"})
    return made


def test_nothing_is_said_if_nothing_is_absent(run: Run) -> None:
    present = {API, StackName(REGION, "sup-training"), StackName(REGION, THROUGHPUT)}

    assert run.settle(Decision.ASK, present=present) == 0
    assert run.said == []


def test_without_a_terminal_nothing_is_decided_and_nothing_is_silent(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.settle(Decision.ASK) == UNDECIDED_OR_LEFT

    assert f"{THROUGHPUT} ({REGION}, CREATE_COMPLETE): 10.00 USD an hour; sup-support" in run.text
    assert "sup-training" in run.text
    assert "in total 10.00 USD an hour" in run.text
    assert "theirs" not in run.text
    error = capsys.readouterr().err
    assert "--remove-absent" in error
    assert "--keep-absent" in error
    assert run.aws.deleted == []


def test_keep_shows_the_price_and_removes_nothing(run: Run) -> None:
    assert run.settle(Decision.KEEP) == 0

    assert "in total 10.00 USD an hour" in run.text
    assert run.aws.deleted == []


def test_remove_deletes_callers_first_and_nothing_else(run: Run) -> None:
    assert run.settle(Decision.REMOVE) == 0

    assert run.aws.deleted == [THROUGHPUT, "sup-training"]
    assert f"deleted {THROUGHPUT}" in run.text


@pytest.mark.parametrize(("typed", "deleted"), [("yes", 2), ("y", 0), ("", 0), (None, 0)])
def test_a_terminal_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch, typed: str | None, deleted: int) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        if typed is None:
            raise EOFError
        return typed

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", answer)

    assert run.settle(Decision.ASK) == 0

    assert f"Delete 2 stacks in account {ACCOUNT}?" in asked[0]
    assert len(run.aws.deleted) == deleted
    assert ("--remove-absent" in run.text) == (deleted == 0)


def test_a_failure_does_not_stop_the_others(run: Run) -> None:
    (arn,) = [arn for arn, stack in run.aws.kit_stacks.items() if stack["StackName"] == THROUGHPUT]
    run.aws.deletions[arn] = ["DELETE_FAILED"]
    reason = event(arn, "the-thing", "DELETE_FAILED", ResourceStatusReason="it is in use")
    run.aws.events[arn] = [reason, event(arn, arn, "DELETE_IN_PROGRESS")]

    assert run.settle(Decision.REMOVE) == FAILED

    assert run.aws.deleted == [THROUGHPUT, "sup-training"]
    assert f"not deleted: {THROUGHPUT}: the stack is DELETE_FAILED; X: it is in use" in run.text


def test_a_commitment_stays_with_its_end_and_price(run: Run) -> None:
    (found,) = run.aws.throughputs.values()
    found |= {"commitmentDuration": "OneMonth", "commitmentExpirationTime": NOW + timedelta(days=3650)}

    assert run.settle(Decision.REMOVE) == UNDECIDED_OR_LEFT

    assert run.aws.deleted == ["sup-training"]
    assert f"not deleted: {THROUGHPUT}: committed until 2036-11-22" in run.text


def test_a_renamed_deployment_is_found_by_the_record_and_then_forgotten(run: Run) -> None:
    run.here = Place(ACCOUNT, REGION, "support")
    run.history.add(run.here)

    assert run.settle(Decision.REMOVE, present={StackName(REGION, "support-inference-api")}) == 0

    assert run.aws.deleted == [API.name, THROUGHPUT, "sup-training"]
    assert run.history.earlier(run.here) == []


def test_a_renamed_deployment_that_is_left_is_found_again(run: Run) -> None:
    run.here = Place(ACCOUNT, REGION, "support")
    run.history.add(run.here)

    for _ in range(2):
        assert run.settle(Decision.ASK, present=set()) == UNDECIDED_OR_LEFT
    assert run.history.earlier(run.here) == [HERE]


def test_without_a_record_others_are_shown_and_never_removed(run: Run) -> None:
    run.history.drop(HERE)
    run.here = Place(ACCOUNT, REGION, "support")

    assert run.settle(Decision.REMOVE, present=set(), was_known=False) == 0

    assert "Other deployments of this kit here" in run.text
    assert f"{THROUGHPUT} ({REGION}, CREATE_COMPLETE): 10.00 USD an hour" in run.text
    assert "theirs-inference-api" in run.text
    assert run.aws.deleted == []


def test_stacks_of_an_environment_that_left_the_file_are_shown_and_kept(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text("[environments.dev]\n")
    run.history = History(tmp_path / "deployed.json", file, "dev")
    run.here = Place(ACCOUNT, REGION, "sup-dev")
    run.history.add(run.here)
    History(tmp_path / "deployed.json", file, "prod").add(Place(ACCOUNT, REGION, "theirs"))

    assert run.settle(Decision.REMOVE, present=set()) == 0

    assert "Deployed from this file as environment prod, which it has no more; kept, and billed" in run.text
    assert "Deployed from this file before it had environments" in run.text
    assert "in total 10.00 USD an hour" in run.text
    assert run.aws.deleted == []


def test_an_environment_that_was_renamed_and_kept_its_name_in_aws_is_not_shown(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text("[environments.stage]\n")
    History(tmp_path / "deployed.json", file, "prod").add(HERE)
    run.history = History(tmp_path / "deployed.json", file, "stage")
    run.history.add(HERE)
    present = {API, StackName(REGION, "sup-training"), StackName(REGION, THROUGHPUT)}

    assert run.settle(Decision.ASK, present=present) == 0
    assert run.said == []


def test_an_environment_that_got_a_file_of_its_own_is_in_use(run: Run, tmp_path: Path) -> None:
    file, record = tmp_path / "deployment.toml", tmp_path / "deployed.json"
    file.write_text("[environments.dev]\n")
    History(record, file, "prod").add(HERE)
    History(record, tmp_path / "prod.toml").add(HERE)
    run.history, run.here = History(record, file, "dev"), Place(ACCOUNT, REGION, "sup-dev")
    run.history.add(run.here)

    assert run.settle(Decision.ASK, present=set()) == 0
    assert run.said == []


def test_another_account_is_named_and_not_looked_at(run: Run) -> None:
    run.here = Place("444455556666", REGION, "sup")
    run.history.add(run.here)

    run.settle(Decision.KEEP)

    assert f"not looked at: sup in account {ACCOUNT}, {REGION}" in run.text
    assert run.history.earlier(run.here) == [HERE]
