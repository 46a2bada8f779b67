"""`kit runs watch`: to the end, through throttling, and without touching the run."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from kit.runs.deployed import Deployed
from kit.runs.lookup import all_runs
from kit.runs.under_way import what_happens
from tests.kit.runs.conftest import Runs
from tests.kit.runs.fake_account import NOW, ONE
from tests.kit.runs.fake_aws import FakeAws, Refused
from tests.kit.runs.histories import history

TRAINING = (("TaskStateEntered", "CheckData"), ("TaskStateExited", "CheckData"), ("TaskStateEntered", "Train"))
CAUSE = json.dumps({"JobArn": "arn:x", "Status": "Failed", "FailureMessage": "Encountered an unexpected error"})


class Clock:
    """Each pause lets the next thing happen."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        self.pauses: list[float] = []
        self._happenings = iter(happenings)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        next(self._happenings)()


@pytest.fixture
def ends(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Clock]]:
    """A running run of two minutes, and what happens to it while it is watched."""
    arn = aws.add_run(status="RUNNING", ago=timedelta(minutes=2))
    aws.histories[arn] = history(*TRAINING)

    def ending(*before: Callable[[], object], **change: Any) -> Clock:
        clock = Clock(*before, lambda: aws.executions[0].update(stopDate=NOW, **change))
        monkeypatch.setattr("kit.runs.watch.time", SimpleNamespace(time=NOW.timestamp, sleep=clock.sleep))
        return clock

    yield ending
    assert not {"StopExecution", "StopModelCustomizationJob", "Invoke"} & set(aws.calls)


@pytest.mark.parametrize(
    ("change", "code", "last"),
    [
        (
            {"status": "SUCCEEDED", "output": '{"published": {"alias": "support-bot"}}'},
            0,
            "succeeded after 2 min 00 s: support-bot is served by its model",
        ),
        (
            {"status": "SUCCEEDED", "output": '{"metrics": {}}'},
            3,
            f"succeeded after 2 min 00 s: the model is kept and does not serve: see kit runs show {ONE}",
        ),
        (
            {"status": "SUCCEEDED", "output": '{"evaluation": {"verdict": {"reason": "a win by chance"}}}'},
            3,
            "succeeded after 2 min 00 s: the model is kept and does not serve: a win by chance",
        ),
        ({"status": "FAILED", "error": "States.TaskFailed", "cause": CAUSE}, 1, f"try again: kit runs retry {ONE}"),
        ({"status": "TIMED_OUT", "error": "States.Timeout"}, 1, f"try again: kit runs retry {ONE}"),
        ({"status": "ABORTED", "cause": "by a person"}, 4, "stopped after 2 min 00 s: by a person"),
    ],
)
def test_the_exit_code_says_how_it_ended(
    runs: Runs, ends: Callable[..., Clock], change: dict[str, str], code: int, last: str
) -> None:
    ends(**change)

    ended, printed, _ = runs("watch", "support")

    assert (ended, printed.splitlines()[-1]) == (code, last)


def test_a_log_gets_one_line_for_each_change(aws: FakeAws, runs: Runs, ends: Callable[..., Clock]) -> None:
    stage = {"statusDetails": {"validationDetails": {"status": "InProgress"}}}
    ends(
        lambda: None,
        lambda: aws.add_job(status="InProgress"),
        lambda: aws.jobs[0].update(stage),
        status="SUCCEEDED",
        output='{"published": {"alias": "support-bot"}}',
    )

    _, printed, _ = runs("watch", "support")

    assert [re.sub(r"^ +\d+ min \d\d s  ", "", line) for line in printed.splitlines()[:-1]] == [
        "creating the job",
        "the job waits in Bedrock's queue",
        "Bedrock validates the data",
    ]


def throttled() -> None:
    raise Refused("ThrottlingException", "Rate exceeded", 400)


def cut_off() -> None:
    raise EndpointConnectionError(endpoint_url="https://states.us-east-1.amazonaws.com")


def broken() -> None:
    raise Refused("InternalServerException", "try again", 500)


@pytest.mark.parametrize("trouble", [throttled, cut_off, broken])
def test_throttling_and_a_lost_network_make_it_wait_longer(
    aws: FakeAws, runs: Runs, ends: Callable[..., Clock], trouble: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retryhandler.delay_exponential", lambda *_, **__: 0)
    aws.before["DescribeExecution"] = trouble
    clock = ends(lambda: None, lambda: aws.before.clear(), status="SUCCEEDED", output='{"published": {}}')

    code, printed, _ = runs("watch", "support")

    assert code == 0
    assert clock.pauses == [10, 20, 5]
    assert printed.count("AWS does not answer") == 1


def test_credentials_that_end_are_told_at_once(aws: FakeAws, runs: Runs, ends: Callable[..., Clock]) -> None:
    def expired() -> None:
        raise Refused("ExpiredTokenException", "The security token included in the request is expired", 400)

    ends()
    aws.before["DescribeExecution"] = expired

    code, _, error = runs("watch", "support")

    assert code == 1
    assert "your session has expired" in error


def test_ctrl_c_leaves_the_run_alone(aws: FakeAws, runs: Runs, ends: Callable[..., Clock]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    ends(interrupted)

    code, printed, _ = runs("watch", "support")

    assert code == 130
    assert printed.splitlines()[-1] == f"the run goes on; to watch it again: kit runs watch {ONE}"
    assert aws.executions[0]["status"] == "RUNNING"


def test_programs_get_an_object_a_line(runs: Runs, ends: Callable[..., Clock]) -> None:
    ends(status="SUCCEEDED", output='{"published": {"alias": "support-bot"}}')

    lines = [json.loads(line) for line in runs("watch", "support", "--json")[1].splitlines()]

    assert [(set(line) - {"customization"}, line["run_id"]) for line in lines] == [
        ({"run_id", "now"}, ONE),
        ({"run_id", "ended", "code"}, ONE),
    ]
    assert lines[-1]["code"] == 0


def test_a_run_that_has_ended_is_told_at_once(aws: FakeAws, runs: Runs) -> None:
    aws.add_run(status="FAILED", error="Stopped")

    assert runs("watch", "support")[0] == 1


def test_a_run_without_an_execution_cannot_be_watched(aws: FakeAws, runs: Runs) -> None:
    aws.add_job()

    code, _, error = runs("watch", "support")

    assert code == 2
    assert "ended more than 90 days ago" in error


@pytest.mark.parametrize(
    ("state", "began", "words"),
    [
        ("CheckData", timedelta(), "checking the data"),
        ("Train", timedelta(seconds=30), "creating the job"),
        ("TrainAndValidate", timedelta(hours=2), "waiting to create the job: a quota is used up, or Bedrock throttles"),
        ("CopyWait", timedelta(), "Bedrock copies the model"),
        ("Import", timedelta(), "Bedrock imports the model"),
        ("ImportStatus", timedelta(), "Bedrock imports the model"),
        ("RegisterLonger", timedelta(), "Bedrock makes a custom model of it"),
        ("SomethingNew", timedelta(), "SomethingNew"),
    ],
)
def test_a_state_is_told_in_words_before_it_has_a_job(
    aws: FakeAws, stack: Deployed, state: str, began: timedelta, words: str
) -> None:
    arn = aws.add_run(status="RUNNING", attempt=2)
    aws.add_job(status="InProgress")  # the first attempt's
    aws.histories[arn] = history(("TaskStateEntered", state))
    aws.histories[arn][0]["timestamp"] -= began
    (run,) = all_runs(stack)

    assert run.latest is not None
    assert what_happens(stack, run, run.latest) == words


@pytest.mark.parametrize(("state", "words"), [("Train", "the job is stopping"), ("SomethingNew", "SomethingNew")])
def test_a_job_that_ends_is_told_until_the_workflow_knows(
    aws: FakeAws, stack: Deployed, state: str, words: str
) -> None:
    aws.histories[aws.add_run(status="RUNNING")] = history(("TaskStateEntered", state))
    aws.add_job(status="Stopping")
    (run,) = all_runs(stack)

    assert run.latest is not None
    assert what_happens(stack, run, run.latest) == words
