"""Idle release: silence counts only where the metric has shown that it would show calls."""

from datetime import timedelta
from typing import Any

import pytest

from custom_resources.provisioned_throughput.ledger import BOUGHT, Override
from tests.provisioned_throughput_controller.aws import WEEKDAYS, FakeAws
from tests.provisioned_throughput_controller.bedrock import Refused
from tests.provisioned_throughput_controller.conftest import in_service, settle


def called(aws: FakeAws, item: dict[str, Any], hours_ago: float) -> None:
    aws.invocations.append((aws.now - timedelta(hours=hours_ago), item["arn"]))


def test_a_busy_one_whose_calls_are_counted_under_another_id_is_kept_and_told_once(aws: FakeAws) -> None:
    aws.counts_calls = False
    aws.deploy(release_when_idle_hours=2)
    for _ in range(24):
        settle(aws)
        aws.sleep(3600)

    assert len(aws.throughputs) == 1
    assert aws.published is not None
    (text,) = aws.told
    for part in ("calls are not known", "not even the kit's own first call", "kit capacity release"):
        assert part in text


def test_one_that_cannot_be_called_by_the_kit_is_judged_by_its_callers(aws: FakeAws) -> None:
    aws.refuse_converse = Refused("ValidationException", "this model does not speak Converse")
    aws.deploy(release_when_idle_hours=2)
    settle(aws)
    (item,) = aws.throughputs.values()
    aws.sleep(5 * 3600)
    settle(aws)
    assert len(aws.throughputs) == 1

    called(aws, item, hours_ago=0.1)
    settle(aws)
    assert len(aws.throughputs) == 1
    aws.sleep(3 * 3600 + 1)
    settle(aws)

    assert aws.throughputs == {}


def test_a_metric_that_cannot_be_read_releases_nothing_and_holds_up_no_schedule(aws: FakeAws) -> None:
    in_service(aws, release_when_idle_hours=2, schedule=WEEKDAYS)
    aws.refuse_metrics = Refused("AccessDenied")
    settle(aws)
    settle(aws)
    assert len(aws.throughputs) == 1
    assert [text for text in aws.told if "AccessDenied" in text] == aws.told
    assert len(aws.told) == 1
    aws.sleep(13 * 3600)

    settle(aws)

    assert aws.throughputs == {}


def test_one_that_nobody_ever_called_is_released_because_the_kits_own_call_was_counted(aws: FakeAws) -> None:
    aws.deploy(release_when_idle_hours=2)
    settle(aws)
    (item,) = aws.throughputs.values()
    assert [arn for _, arn in aws.invocations] == [item["arn"]]
    aws.sleep(3600)
    settle(aws)
    assert len(aws.throughputs) == 1
    aws.sleep(2 * 3600)

    settle(aws)

    assert (aws.throughputs, aws.told) == ({}, [])


def test_the_kit_calls_each_throughput_once_and_only_for_an_idle_release(aws: FakeAws) -> None:
    in_service(aws)
    settle(aws)
    assert aws.invocations == []
    aws.deploy(release_when_idle_hours=2, ledger={**aws.ledger, "watch": None})

    for _ in range(5):
        settle(aws)
        aws.sleep(60)

    assert len(aws.invocations) == 1


def test_a_new_throughput_of_the_same_name_is_watched_anew(aws: FakeAws) -> None:
    item = in_service(aws, release_when_idle_hours=2)
    called(aws, item, hours_ago=20)
    aws.throughputs.clear()
    new = aws.plant()

    assert settle(aws).settled

    assert aws.ledger["watch"]["throughput_arn"] == new["arn"] != item["arn"]
    assert len(aws.throughputs) == 1


@pytest.mark.parametrize(("quiet_hours", "left"), [(1, 1), (3, 0)])
def test_without_a_call_for_hours_it_is_released(aws: FakeAws, quiet_hours: int, left: int) -> None:
    item = in_service(aws, release_when_idle_hours=2)
    called(aws, item, quiet_hours)

    settle(aws)

    assert len(aws.throughputs) == left


def test_after_an_idle_release_the_next_opening_brings_it_back(aws: FakeAws) -> None:
    called(aws, in_service(aws, release_when_idle_hours=2, schedule=WEEKDAYS), hours_ago=5)
    settle(aws)
    assert aws.ledger["why"] == "no call for 2 hours"
    settle(aws)
    assert aws.throughputs == {}
    aws.now += timedelta(days=1)

    settle(aws)

    assert len(aws.throughputs) == 1


def test_what_a_person_bought_for_some_hours_is_not_idle(aws: FakeAws) -> None:
    called(aws, in_service(aws, release_when_idle_hours=2), hours_ago=5)
    until = (aws.now + timedelta(hours=5)).isoformat()
    aws.context().override(Override(BOUGHT, "bought by a person", "me", until))

    settle(aws)

    assert len(aws.throughputs) == 1
