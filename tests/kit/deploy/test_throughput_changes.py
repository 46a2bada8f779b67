"""What a deploy does with each provisioned throughput: told before it, with prices; the deployed templates are real."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kit.deploy.throughput_changes import Change, Need
from kit.deploy.throughput_consent import UNDECIDED, look_at_throughput, may_deploy
from kit_contract.errors import InputError
from kit_contract.stacks import throughput_logical_ids
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_prices
from tests.billed_resources.fake_aws import NOW, Refused
from tests.kit.deploy.throughputs import END, MODEL, STACK, TRAINING, World, section


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    monkeypatch.setattr("deployment.costs.provisioned_throughput.price", fake_prices.price)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    return World(tmp_path)


@pytest.mark.parametrize("keys", [("one", "capacity", "a-b"), ("a-1", "a1")])
def test_sections_are_found_by_their_logical_ids(world: World, keys: tuple[str, ...]) -> None:
    """A section named "capacity" meets a construct of the stack, and `a-1` and `a1` meet each other."""
    ids = world.deployed(*map(section, keys))

    assert all(set(ids.values()) & set(throughput_logical_ids(key)) for key in keys)
    changes = world.look(*map(section, keys))
    assert {change.what for change in changes.values()} == {"kept"}
    assert changes.keys() == ids.keys()


def test_what_is_kept_and_bought_is_shown_with_its_price_and_not_asked_about(world: World) -> None:
    world.deployed(section("one", units=2))

    found = world.look(section("one", units=2), section("two", commitment="OneMonth"))

    assert found["sup-one"] == Change("sup-one", "kept", 20.0)
    assert found["sup-two"] == Change("sup-two", "bought now", 10.0, 7300.0, bought=True)
    assert may_deploy(list(found.values()), accepted=False)
    assert "  sup-two  10.00     7,300.00    bought now" in world.said


def test_the_first_deploy_of_the_stack_buys(world: World) -> None:
    assert [change.what for change in world.look(section("one")).values()] == ["bought now"]


def test_a_removed_section_is_released_without_a_question(world: World) -> None:
    world.deployed(section("one"), section("two"))

    found = world.look(section("one"))

    assert found["sup-two"] == Change("sup-two", "its section is gone; released", 10.0)


def test_a_removed_section_under_a_commitment_needs_consent(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deployed(section("one"), section("two"), committed=True)

    changes = list(world.look(section("one", commitment="OneMonth")).values())

    left = changes[-1]
    assert (left.hourly, left.until_end, left.need) == (10.0, 4800.0, Need.CONSENT)
    assert "cannot end before 2026-12-15: it stays billed until then without an owner" in left.what
    assert not may_deploy(changes, accepted=False)
    assert capsys.readouterr().err.strip() == UNDECIDED
    assert may_deploy(changes, accepted=True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for typed, agreed in (("yes", True), ("y", False)):
        monkeypatch.setattr("builtins.input", lambda _, typed=typed: typed)
        assert may_deploy(changes, accepted=False) is agreed


def test_a_section_that_comes_back_takes_over_what_it_left(world: World) -> None:
    world.deployed(section("one"), section("two"), committed=True)
    logical_id = throughput_logical_ids("two")[0]
    del world.aws.templates[STACK]["Resources"][logical_id]

    found = world.look(section("one", commitment="OneMonth"), section("two", commitment="OneMonth"))

    assert found["sup-two"] == Change("sup-two", "taken over; it exists and is billed already", 10.0, 4800.0)


@pytest.mark.parametrize("committed", [True, False])
def test_another_key_of_the_same_model_is_refused_before_the_deploy(world: World, committed: bool) -> None:
    world.deployed(section("one"), section("two"), committed=committed)
    term = "OneMonth" if committed else "none"

    changes = world.look(section("one", commitment=term), section("three", commitment=term))

    assert changes["sup-three"].need is Need.ANOTHER_FILE
    with pytest.raises(
        InputError, match=r"nothing was deployed.*\nsup-three: refused: the deployed sup-two .* restore"
    ):
        may_deploy(list(changes.values()), accepted=True)


def test_another_key_is_free_where_nothing_was_bought(world: World) -> None:
    world.deployed(section("one"), section("two"), bought=False)

    changes = world.look(section("one"), section("three"))

    assert changes["sup-three"].what == "bought now"
    assert "nothing to release" in changes["sup-two"].what


def test_a_renamed_customization_renames_its_throughput_in_place(world: World) -> None:
    of = "[training]\n" + TRAINING
    world.deployed(of.replace("KEY", "help"), section("one", 'customization = "help"'))

    changes = world.look(of.replace("KEY", "desk"), section("one", 'customization = "desk"'))

    assert changes == {"sup-desk": Change("sup-desk", "renamed in place, was sup-help", 10.0)}


def test_another_key_of_a_customization_is_refused_even_while_nothing_is_bought(world: World) -> None:
    """The settings parameter of both has the same name."""
    of = "[training]\n" + TRAINING.replace("KEY", "help")
    world.deployed(of, section("one", 'customization = "help"'), bought=False)
    config = world.config(of, section("two", 'customization = "help"'))

    changes = look_at_throughput(config, world.aws.clients(), NOW, world.said.append)

    with pytest.raises(InputError, match="sup-help: refused"):
        may_deploy(changes, accepted=True)


@pytest.mark.parametrize("change", [section("one", units=2), section("one", commitment="OneMonth")])
def test_another_size_is_refused_with_the_migration(world: World, change: str) -> None:
    world.deployed(section("one"))

    changes = world.look(change)

    assert changes["sup-one"].need is Need.ANOTHER_FILE
    assert "kit capacity migrate sup-one" in changes["sup-one"].what


def test_another_model_is_refused_while_it_exists(world: World) -> None:
    world.deployed(section("one"))

    change = world.look(section("one", 'model = "amazon.nova-lite-v1:0:300k"'))["sup-one"]

    assert change.need is Need.ANOTHER_FILE
    assert f"it serves {MODEL}" in change.what


def test_a_released_one_may_change_its_size_and_shows_why_it_is_released(world: World) -> None:
    world.deployed(section("one"), bought=False)
    ledger = {"state": "released", "since": "2026-11-20T08:00:00+00:00", "why": "idle for 4 h"}
    world.aws.parameters["/bedrock-kit/sup/capacity/sup-one/ledger"] = json.dumps(ledger)

    change = world.look(section("one", units=3))["sup-one"]

    assert change == Change("sup-one", "kept; not in service (released since 2026-11-20: idle for 4 h)")


def test_the_one_that_a_migration_kept_is_shown_too(world: World) -> None:
    ids = world.deployed(section("one"))
    tags = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/{ids['sup-one']}"}
    world.aws.add_throughput("sup-one-kept", tags, commitmentDuration="OneMonth", commitmentExpirationTime=END)

    changes = world.look(section("one"))

    assert changes["sup-one-kept"] == Change("sup-one-kept", "kept", 10.0, 4800.0)
    assert changes["sup-one"].what == "kept"


def test_schedules_and_ends_say_when_it_is_bought(world: World) -> None:
    schedule = (
        '[provisioned_throughput.one.schedule]\ndays = ["mon"]\nfrom = "08:00"\nto = "20:00"\ntime_zone = "UTC"\n'
    )
    over = section("two", f'model = "{MODEL}"\nexpires = 2026-11-25')

    found = world.look(section("one") + schedule, over)

    assert found["sup-one"].what == "bought when its schedule opens"
    assert found["sup-two"] == Change("sup-two", "not bought: it expired on 2026-11-25")


def test_what_cannot_be_listed_is_never_passed_over(world: World) -> None:
    world.deployed(section("one"), section("two"))
    world.aws.refuse["ListProvisionedModelThroughputs"] = Refused("AccessDeniedException", "not you")

    changes = world.look(section("one"))

    assert changes["sup-two"].need is Need.CONSENT
    assert (changes["sup-one"].hourly, changes["sup-one"].need) == (None, Need.NOTHING)
    assert any("sup-two  unknown" in line and "not you" in line for line in world.said)


def test_a_stack_that_cannot_be_read_is_a_warning(world: World) -> None:
    world.aws.refuse["GetTemplate"] = Refused("AccessDenied", "not you")

    assert world.look(section("one")) == {}
    assert "is unknown" in world.said[-1]


def test_without_sections_the_stack_is_shown_after_the_deploy_instead(world: World) -> None:
    world.deployed(section("one"))

    assert world.look() == {}
    assert world.said == []
