"""Refresh from recorded shapes, checked against botocore's model: what fails and what people entered stays."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from model_catalog import data_files, prices
from model_catalog.refresh import Refreshed, difference, refresh, write
from tests.model_catalog.listed_account import LIFE, MICRO, Account, profile, summary
from tests.model_catalog.small_catalog import forget, small_catalog
from tests.model_catalog.test_price_list import product

DAY = "2026-11-25"


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    with small_catalog(tmp_path) as folder:
        yield folder


def refreshed(account: Account, *regions: str) -> Refreshed:
    return refresh(account, regions, date=DAY, failures=(ClientError,))


@pytest.mark.usefixtures("files")
def test_a_region_that_fails_keeps_its_data_and_is_named() -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND")])
    account.prices()

    found = refreshed(account, "us-east-1", "eu-west-1")

    assert found.offered["models"][MICRO]["inference"] == {"ON_DEMAND": ["eu-west-1", "us-east-1"]}
    assert found.offered["regions"] == {"eu-west-1": "2026-01-01", "us-east-1": DAY}
    (problem,) = found.problems
    assert problem.startswith("eu-west-1: not read, its data stays as before: ")


@pytest.mark.usefixtures("files")
def test_prices_that_fail_stay_and_are_named() -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND")])

    found = refreshed(account, "us-east-1")

    assert [row["entered"] for row in found.price_rows] == ["person"]
    assert found.problems[0].startswith("prices: not read, they stay as before: ")


@pytest.mark.usefixtures("files")
def test_a_model_that_is_listed_but_not_offered_in_the_region_is_not_on_demand_there() -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND", "INFERENCE_PROFILE")], absent=MICRO)
    account.prices()

    inference = refreshed(account, "us-east-1").offered["models"][MICRO]["inference"]

    assert inference == {"ON_DEMAND": ["eu-west-1"], "INFERENCE_PROFILE": ["us-east-1"]}


@pytest.mark.usefixtures("files")
def test_a_model_without_an_answer_is_taken_as_listed_and_named() -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND"), summary("a.new", "ON_DEMAND")], silent="a.new")
    account.prices()

    found = refreshed(account, "us-east-1")

    assert found.offered["models"]["a.new"]["inference"] == {"ON_DEMAND": ["us-east-1"]}
    (problem,) = found.problems
    assert problem.startswith("us-east-1: counted as offered, ")
    assert problem.endswith("no answer: a.new")


@pytest.mark.usefixtures("files")
def test_the_source_tells_the_regions_that_were_read_from_the_others() -> None:
    first, second = Account(), Account()
    for account, region in ((first, "us-east-1"), (second, "eu-west-1")):
        account.region(region, [summary(MICRO, "ON_DEMAND")])
        account.prices()
        write(refreshed(account, region), date=DAY)
        forget()
        assert data_files.api_listing()["source"].endswith(f"in {region}; other regions: before")

    both = Account()
    for region in ("us-east-1", "eu-west-1"):
        both.region(region, [summary(MICRO, "ON_DEMAND")])
    both.prices()
    assert "other regions" not in refreshed(both, "us-east-1", "eu-west-1").offered["source"]


@pytest.mark.usefixtures("files")
def test_what_a_region_lists_is_taken_over_and_the_difference_is_shown() -> None:
    account = Account()
    ending = LIFE | {"status": "LEGACY", "endOfLifeTime": datetime.datetime(2027, 3, 30, tzinfo=datetime.UTC)}
    account.region(
        "us-east-1",
        [
            summary(MICRO, "ON_DEMAND", modelLifecycle=ending),
            summary(f"{MICRO}:128k", "PROVISIONED", customizationsSupported=["FINE_TUNING"]),
        ],
        profile(f"us.{MICRO}", "us-east-1", "us-east-2"),
        profile(f"global.{MICRO}", "us-east-1", ""),
    )
    account.prices(product("USE1-NovaMicro-input-tokens", usd="0.000035"))

    found = refreshed(account, "us-east-1")
    lines = list(difference(found))

    assert f"+ model {MICRO}:128k" in lines
    assert "- model old.gone" in lines
    assert f"+ profile global.{MICRO}" in lines
    assert f'~ {MICRO} status: "ACTIVE" -> "LEGACY"' in lines
    assert f"~ price {MICRO} input_tokens us-east-1: none -> 3.5e-05 USD" in lines
    assert found.offered["profiles"] == {
        f"global.{MICRO}": [{"from": ["us-east-1"], "to": ["*"]}],
        f"us.{MICRO}": [
            {"from": ["us-east-1"], "to": ["us-east-1", "us-east-2"]},
            {"from": ["us-west-2"], "to": ["us-east-1"]},
        ],
    }
    assert found.problems == ()


def test_written_files_load_again_and_keep_what_people_entered(files: Path) -> None:
    account = Account()
    life = LIFE | {"endOfLifeTime": datetime.datetime(2027, 3, 30, tzinfo=datetime.UTC)}
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND", modelLifecycle=life)])
    account.prices(product("USE1-NovaMicro-input-tokens"))
    entered = (files / "documented_facts.json").read_bytes()

    write(refreshed(account, "us-east-1"), date=DAY)
    forget()

    model = data_files.by_id()[MICRO]
    assert (model.tools, model.lifecycle.end_of_life, model.listing.date) == (True, "2027-03-30", DAY)
    assert (files / "documented_facts.json").read_bytes() == entered
    assert {row.kind for row in prices.prices()} == {"training_tokens", "input_tokens"}
    assert sorted(item.name for item in files.iterdir()) == ["api_listing.json", "documented_facts.json", "prices.json"]


def test_where_nothing_could_be_read_nothing_is_written(files: Path) -> None:
    before = {item.name: item.read_bytes() for item in files.iterdir()}

    found = refreshed(Account(), "us-east-1")
    write(found, date=DAY)

    assert found.regions_read == 0
    assert {item.name: item.read_bytes() for item in files.iterdir()} == before


def test_a_write_that_fails_leaves_the_old_file(files: Path) -> None:
    before = (files / "api_listing.json").read_bytes()
    found = Refreshed({"models": {"a": object()}}, [], (), regions_read=1)

    with pytest.raises(TypeError):
        write(found, date=DAY)

    assert (files / "api_listing.json").read_bytes() == before


@pytest.mark.usefixtures("files")
def test_a_region_whose_lifecycle_differs_keeps_its_own() -> None:
    account = Account()
    ending = {"status": "LEGACY", "endOfLifeTime": datetime.datetime(2026, 9, 10, tzinfo=datetime.UTC)}
    account.region("eu-west-1", [summary(MICRO, "ON_DEMAND", modelLifecycle=ending)])
    for region in ("us-east-1", "us-west-2"):
        account.region(region, [summary(MICRO, "ON_DEMAND")])
    account.prices()

    write(refreshed(account, "eu-west-1", "us-east-1", "us-west-2"), date=DAY)
    forget()

    model = data_files.by_id()[MICRO]
    assert (model.lifecycle.status, model.lifecycle.end_of_life) == ("ACTIVE", None)
    assert model.lifecycle_in("us-west-2") == model.lifecycle
    own = model.lifecycle_in("eu-west-1")
    assert (own.status, own.end_of_life) == ("LEGACY", "2026-09-10")

    account = Account()
    account.region("eu-west-1", [summary(MICRO, "ON_DEMAND")])
    account.prices()
    write(refreshed(account, "eu-west-1"), date=DAY)
    forget()
    assert data_files.by_id()[MICRO].regional == {}
