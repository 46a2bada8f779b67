"""`make demo-capacity`: what the embedded AWS answered, what the client got, and what was left."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS
from examples.capacity_demo.demo import EXPLANATION
from local_aws import emulator
from tests.end_to_end.conftest import DemoRun

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def seen(demo_run: DemoRun) -> dict[str, Any]:
    code, output = demo_run.finished()
    assert code == 0, output
    summary: dict[str, Any] = json.loads((demo_run.state / "summary.json").read_text(encoding="utf-8"))
    return summary | {"output": output}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_synth_names_the_price_until_it_is_accepted(seen: dict[str, Any]) -> None:
    assert "provisioned_throughput.support.accept_hourly_cost_usd" in seen["refused"]
    assert "60.50 USD an hour" in seen["refused"]
    assert "got nothing" in seen["refused"]


def test_it_says_what_is_bought_and_what_the_two_months_of_the_price_are(seen: dict[str, Any]) -> None:
    for sentence in EXPLANATION:
        assert sentence in seen["output"]
    assert "This month has the hours of the schedule; the month in the message below has all 730" in seen["output"]


def test_it_is_never_silent_for_half_a_minute(seen: dict[str, Any], demo_run: DemoRun) -> None:
    """Other tests run beside it, so a silence here is longer than on a quiet machine."""
    silences = {after[1]: after[0] - before[0] for before, after in pairwise(demo_run.lines)}

    assert {line: seconds for line, seconds in silences.items() if seconds > 30} == {}


def test_the_deploy_bought_it(seen: dict[str, Any]) -> None:
    (report,) = seen["bought_report"]

    assert (seen["bought"]["status"], report["status"], report["state"]) == ("InService", "InService", "bought")
    assert report["accepted_usd_per_day"] == 1452.0


def test_no_call_failed_and_both_targets_answered(seen: dict[str, Any]) -> None:
    assert seen["failures"] == []
    assert seen["answered"].keys() == {"custom-model-deployment", "provisioned-throughput"}
    assert min(seen["answered"].values()) > 20
    assert seen["calls"] == sum(seen["answered"].values())


def test_a_sibling_model_was_swapped_in_behind_the_same_arn(seen: dict[str, Any]) -> None:
    before, after = seen["bought"], seen["swapped"]

    assert after["provisionedModelArn"] == before["provisionedModelArn"]
    assert after["creationTime"] == before["creationTime"]
    assert after["modelArn"] != before["modelArn"]
    assert len(seen["models"]) == 2
    assert min(seen["models"].values()) > 10


def test_the_schedule_released_it_after_the_alias_was_switched(seen: dict[str, Any]) -> None:
    (report,) = seen["released_report"]

    assert (report["status"], report["state"], report["why"], report["who"]) == (
        "absent",
        "released",
        "schedule",
        "reconcile",
    )
    assert at(report["since"]) >= at(seen["closing"])
    assert at(seen["deleted"]) - at(report["since"]) >= timedelta(seconds=DRAIN_SECONDS)
    assert at(report["next_change"]) > at(seen["deleted"])


def test_nothing_is_billed_by_the_hour_at_the_end(seen: dict[str, Any]) -> None:
    assert seen["left"] == []
    assert seen["reap_exit_code"] == 0
    assert "Billed by the hour: 0.00 USD a day\n  none\n" in seen["reap"]
    assert "No orphans." in seen["reap"]


def test_nothing_is_left_running(seen: dict[str, Any], demo_run: DemoRun) -> None:
    assert "nothing is left running" in seen["output"]
    assert emulator.running(demo_run.state) is None
