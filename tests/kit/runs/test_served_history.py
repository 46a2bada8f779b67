"""`kit runs history`, `promote` and `rollback`: what served, what a choice asks the starter, and what it holds back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from kit.__main__ import main
from kit.runs import history, promote, rollback
from kit.runs.deployed import Deployed
from kit.runs.recorded_run import RecordedRun
from tests.customization.aws import OTHER_MODEL_ARN
from tests.kit.runs.served import ADA, ONE, THREE, TWO, Aws, Runs, version


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    made = Aws()
    outputs = {"SupportExecution": f"arn:aws:states:us-east-1:111122223333:execution:Workflow:support-{THREE}-2"}

    def invoke(self: Deployed, output: str, event: dict[str, Any]) -> dict[str, Any]:
        made.invoked.append(event)
        return made.answer

    def connect(*_: Any, **__: Any) -> Deployed:
        return Deployed("sup", "us-east-1", outputs, made.client)

    monkeypatch.setattr(Deployed, "invoke", invoke)
    for module in (history, rollback):
        monkeypatch.setattr(module, "connect", connect)
    return made


@pytest.fixture
def runs(aws: Aws, capsys: pytest.CaptureFixture[str]) -> Runs:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["runs", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def recorded(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Callable[[RecordedRun], None]:
    """The run that `promote` finds."""

    def record(found: RecordedRun) -> None:
        deployed = Deployed("sup", "us-east-1", {}, aws.client)
        monkeypatch.setattr(promote, "chosen_run", lambda _: (deployed, found))

    return record


def test_the_history_tells_who_served_when_and_why(aws: Aws, runs: Runs) -> None:
    aws.promoted[2]["why"] = "run 2222 is worse than what served before"
    aws.promoted.append(version("", "2026-11-27T09:30:00Z", ""))
    aws.held_back = {TWO: "errors in 12.0 % of 50 requests"}

    code, printed, _ = runs("history", "support-bot")

    assert code == 0
    assert printed.splitlines() == [
        "support-bot (support)",
        "FROM (UTC)        UNTIL             RUN               WHY",
        "2026-11-27 09:30  now               base              the settings",
        f"2026-11-26 00:00  2026-11-27 09:30  {THREE}  run 2222 is worse than what served before",
        f"2026-11-25 00:00  2026-11-26 00:00  {TWO}  the settings",
        f"2026-11-24 00:00  2026-11-25 00:00  {ONE}  the settings",
        f"run {TWO} is held back: errors in 12.0 % of 50 requests; to serve it all the same: kit runs promote {TWO}",
    ]


def test_the_history_of_an_alias_without_a_promotion(aws: Aws, runs: Runs) -> None:
    aws.promoted, aws.serving = [], {"canary": {"run_id": ONE}}

    assert runs("history")[1].splitlines() == [
        "support-bot (support)",
        "its base model; no run was promoted yet",
        f"run {ONE} is being tried: kit runs watch {ONE}",
    ]


def test_programs_get_the_whole_history(runs: Runs) -> None:
    (entry,) = json.loads(runs("history", "--json")[1])

    assert [item["run_id"] for item in entry["served"]] == [THREE, TWO, ONE]
    assert entry["of_settings"] == THREE


def test_an_alias_of_no_customization_is_refused(runs: Runs) -> None:
    assert (
        "ALIAS must be an alias that a customization is promoted to: support-bot; got 'bot'"
        in runs("history", "bot")[2]
    )


def test_a_rollback_serves_the_last_good_model_and_holds_back_what_it_replaces(aws: Aws, runs: Runs) -> None:
    code, printed, _ = runs("rollback", "support-bot", "--yes", "--reason", "it is rude")

    assert code == 0
    assert aws.invoked == [
        {
            "customization": "support",
            "choose": TWO,
            "instead_of": [THREE],
            "reason": f"it is rude (by {ADA})",
            "checked": False,
        }
    ]
    assert printed == f"support {TWO}: attempt 2; to follow it: kit runs watch {TWO}\n"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda aws: aws.held_back.update({TWO: "the canary was worse"}), ONE),
        (lambda aws: aws.promoted[1].update(custom_model_arn=OTHER_MODEL_ARN), ONE),  # its model was deleted
        (lambda aws: aws.promoted.append(version("", "2026-11-27", "")), THREE),
        (lambda aws: aws.serving.update(canary={"run_id": "4444444444444444"}), THREE),  # what serves beside it
    ],
)
def test_the_last_good_model_exists_and_is_not_held_back(aws: Aws, runs: Runs, change: Any, expected: str) -> None:
    change(aws)

    assert runs("rollback", "support-bot", "--yes")[0] == 0
    assert aws.invoked[0]["choose"] == expected


def test_a_canary_and_the_run_of_the_settings_are_held_back_too(aws: Aws, runs: Runs) -> None:
    aws.serving = {"canary": {"run_id": "4444444444444444"}}

    runs("rollback", "support-bot", "--to", ONE, "--yes")

    assert aws.invoked[0]["instead_of"] == [THREE, "4444444444444444"]


def test_a_rollback_to_the_base_model(aws: Aws, runs: Runs) -> None:
    aws.answer = {"started": False, "reason": "the base model serves"}

    assert runs("rollback", "support-bot", "--to", "base", "--yes")[1] == (
        "support-bot is served by its base model, within 15 seconds\n"
    )
    assert aws.invoked[0]["choose"] == "base"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "9"), f"--to must name one run that served support-bot, or \"base\": {THREE}, {TWO}, {ONE}; got '9'"),
        (("--to", THREE), f"run {THREE} serves support-bot already"),
    ],
)
def test_a_target_that_is_none_is_refused(runs: Runs, words: tuple[str, ...], told: str) -> None:
    code, _, error = runs("rollback", "support-bot", "--yes", *words)

    assert (code, told in error) == (2, True), error


def test_without_an_earlier_model_the_ways_back_are_named(aws: Aws, runs: Runs) -> None:
    aws.promoted = [version(ONE, "2026-11-24")]

    code, _, error = runs("rollback", "support-bot", "--yes")

    assert code == 2
    assert "kit runs rollback support-bot --to base" in error


def test_a_rollback_asks_first_and_says_what_follows(aws: Aws, runs: Runs) -> None:
    code, _, error = runs("rollback", "support-bot")

    assert (code, aws.invoked) == (2, [])
    assert f"no deploy promotes {THREE} again until you do: kit runs promote" in error


@pytest.mark.parametrize(("words", "checked"), [((), True), (("--unchecked",), False)])
def test_a_person_promotes_a_kept_model(
    aws: Aws, runs: Runs, recorded: Callable[[RecordedRun], None], words: tuple[str, ...], *, checked: bool
) -> None:
    recorded(RecordedRun("support", ONE))

    assert runs("promote", ONE, "--yes", *words)[0] == 0
    assert aws.invoked[0] | {"reason": ""} == {
        "customization": "support",
        "choose": ONE,
        "instead_of": [THREE],
        "reason": "",
        "checked": checked,
    }


def test_a_run_that_serves_is_not_promoted_again(aws: Aws, runs: Runs, recorded: Callable[[RecordedRun], None]) -> None:
    recorded(RecordedRun("support", THREE, serves=("support-bot",)))

    assert runs("promote", THREE, "--yes")[2] == f"kit runs promote: run {THREE} serves support-bot already\n"


def test_a_run_of_a_removed_customization_names_the_fix(runs: Runs, recorded: Callable[[RecordedRun], None]) -> None:
    recorded(RecordedRun("sales", ONE))

    assert "which is no customization of sup any more; add it to deployment.toml" in runs("promote", ONE, "--yes")[2]


@pytest.mark.parametrize("words", [("history",), ("rollback", "support-bot")])
def test_of_an_unknown_customization_there_is_no_history(runs: Runs, words: tuple[str, ...]) -> None:
    code, printed, error = runs(*words, "--customization", "suport")

    assert (code, printed) == (2, "")
    assert "--customization must be one that is deployed or has runs: support; got 'suport'" in error
