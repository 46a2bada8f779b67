"""Refresh from recorded shapes, checked against botocore's model: what fails and what people entered stays."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from kit.__main__ import main
from model_catalog import loading, prices
from model_catalog.refresh import Refreshed, difference, refresh, write
from tests.model_catalog.test_price_list import product
from tests.model_catalog.test_service_prices import list_services

DAY = "2026-11-25"
MICRO = "amazon.nova-micro-v1:0"
KEYS: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
LIFE = {"status": "ACTIVE", "startOfLifeTime": datetime.datetime(2024, 12, 5, tzinfo=datetime.UTC)}


def summary(model_id: str, *types: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}",
        "modelId": model_id,
        "modelName": "Nova Micro",
        "providerName": "Amazon",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(types),
        "modelLifecycle": LIFE,
    }
    return usual | changes


def profile(profile_id: str, *regions: str) -> dict[str, Any]:
    arns = [f"arn:aws:bedrock:{region}::foundation-model/{profile_id.split('.', 1)[1]}" for region in regions]
    return {
        "inferenceProfileName": "US Nova Micro",
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{profile_id}",
        "inferenceProfileId": profile_id,
        "models": [{"modelArn": arn} for arn in arns],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


class Account:
    """Clients whose answers are checked against botocore's model. A region without an answer refuses access."""

    def __init__(self) -> None:
        self.stubs: dict[tuple[str, str], Stubber] = {}

    def __call__(self, service: str, region: str) -> Any:
        if (service, region) not in self.stubs:
            self._stub(service, region).add_client_error(
                "list_foundation_models" if service == "bedrock" else "get_products", "AccessDeniedException", "no"
            )
        return self.stubs[service, region].client

    def _stub(self, service: str, region: str) -> Stubber:
        stub = Stubber(boto3.client(service, region_name=region, **KEYS))
        stub.activate()
        self.stubs[service, region] = stub
        return stub

    def region(
        self, name: str, models: list[dict[str, Any]], *profiles: dict[str, Any], absent: str = "", silent: str = ""
    ) -> None:
        stub = self._stub("bedrock", name)
        stub.add_response("list_foundation_models", {"modelSummaries": models}, {})
        for item in models:
            if "ON_DEMAND" in item["inferenceTypesSupported"] and item["modelId"].count(":") < 2:
                if item["modelId"] == silent:
                    stub.add_client_error("get_foundation_model_availability", "ValidationException", "no")
                    continue
                there = "NOT_AVAILABLE" if item["modelId"] == absent else "AVAILABLE"
                stub.add_response(
                    "get_foundation_model_availability",
                    {
                        "modelId": item["modelId"],
                        "agreementAvailability": {"status": "AVAILABLE"},
                        "authorizationStatus": "AUTHORIZED",
                        "entitlementAvailability": "AVAILABLE",
                        "regionAvailability": there,
                    },
                    {"modelId": item["modelId"]},
                )
        stub.add_response(
            "list_inference_profiles", {"inferenceProfileSummaries": list(profiles)}, {"typeEquals": "SYSTEM_DEFINED"}
        )

    def prices(self, *items: dict[str, Any]) -> None:
        stub = self._stub("pricing", "us-east-1")
        for service in ("AmazonBedrock", "AmazonBedrockFoundationModels"):
            listed = [json.dumps(item) for item in items] if service == "AmazonBedrock" else []
            stub.add_response(
                "get_products", {"PriceList": listed}, {"ServiceCode": service, "FormatVersion": "aws_v1"}
            )
        list_services(stub)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """A small catalog: one model in two regions, one elsewhere only, with facts and prices of people's own."""
    old = {
        "source": "before",
        "date": "2026-01-01",
        "regions": {"us-east-1": "2026-01-01", "eu-west-1": "2026-01-01"},
        "models": {
            MICRO: {
                "name": "Nova Micro",
                "provider": "Amazon",
                "input": ["TEXT"],
                "output": ["TEXT"],
                "streaming": True,
                "status": "ACTIVE",
                "lifecycle": {},
                "customizations": None,
                "inference": {"ON_DEMAND": ["eu-west-1", "us-east-1"]},
            },
            "old.gone": {"name": "Gone", "inference": {"ON_DEMAND": ["us-east-1"]}, "customizations": None},
        },
        "profiles": {f"us.{MICRO}": [{"from": ["us-east-1", "us-west-2"], "to": ["us-east-1"]}]},
    }
    facts = {"tools": {"value": True, "source": "p"}}
    entered = {"sources": {"p": {"text": "x", "date": "2026"}}, "models": {MICRO: facts}, "retired": {}}
    person: dict[str, Any] = {
        "model": MICRO,
        "service": None,
        "kind": "training_tokens",
        "commitment": None,
        "region": "us-east-1",
    }
    person |= {"tier": None, "usd": 0.001, "per": "thousand tokens", "source": "x", "date": "2026"}
    rows = [person | {"entered": "person", "verified": False}]
    for name, data in (("offered", old), ("entered", entered), ("prices", {"compiled": "2026", "prices": rows})):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    patches = [
        patch.object(loading, "OFFERED", tmp_path / "offered.json"),
        patch.object(loading, "ENTERED", tmp_path / "entered.json"),
        patch.object(prices, "FILE", tmp_path / "prices.json"),
    ]
    for item in patches:
        item.start()
    _forget()
    yield tmp_path
    for item in patches:
        item.stop()
    _forget()


def _forget() -> None:
    for cached in (loading.models, loading.by_id, loading.retired, loading.offered_data, loading.entered_data):
        cached.cache_clear()
    prices._index.cache_clear()


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
    assert problem.startswith("eu-west-1: not read, its data is as before: ")


@pytest.mark.usefixtures("files")
def test_prices_that_fail_stay_and_are_named() -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND")])

    found = refreshed(account, "us-east-1")

    assert [row["entered"] for row in found.price_rows] == ["person"]
    assert found.problems[0].startswith("prices: not read, they are as before: ")


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
    assert problem.startswith("us-east-1: taken as listed, ")
    assert problem.endswith("no answer: a.new")


@pytest.mark.usefixtures("files")
def test_the_source_tells_the_regions_that_were_read_from_the_others() -> None:
    first, second = Account(), Account()
    for account, region in ((first, "us-east-1"), (second, "eu-west-1")):
        account.region(region, [summary(MICRO, "ON_DEMAND")])
        account.prices()
        write(refreshed(account, region), date=DAY)
        _forget()
        assert loading.offered_data()["source"].endswith(f"in {region}; other regions: before")

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
    entered = (files / "entered.json").read_bytes()

    write(refreshed(account, "us-east-1"), date=DAY)
    _forget()

    model = loading.by_id()[MICRO]
    assert (model.tools, model.lifecycle.end_of_life, model.listing.date) == (True, "2027-03-30", DAY)
    assert (files / "entered.json").read_bytes() == entered
    assert {row.kind for row in prices.prices()} == {"training_tokens", "input_tokens"}
    assert sorted(item.name for item in files.iterdir()) == ["entered.json", "offered.json", "prices.json"]


def test_where_nothing_could_be_read_nothing_is_written(files: Path) -> None:
    before = {item.name: item.read_bytes() for item in files.iterdir()}

    found = refreshed(Account(), "us-east-1")
    write(found, date=DAY)

    assert found.regions_read == 0
    assert {item.name: item.read_bytes() for item in files.iterdir()} == before


def test_a_write_that_fails_leaves_the_old_file(files: Path) -> None:
    before = (files / "offered.json").read_bytes()
    found = Refreshed({"models": {"a": object()}}, [], (), regions_read=1)

    with pytest.raises(TypeError):
        write(found, date=DAY)

    assert (files / "offered.json").read_bytes() == before


def test_the_command_shows_the_difference_and_with_dry_run_writes_nothing(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = Account()
    account.region("us-east-1", [summary(MICRO, "ON_DEMAND")])
    account.prices()
    before = (files / "offered.json").read_bytes()

    class Session:
        def client(self, service: str, region_name: str) -> Any:
            return account(service, region_name)

    with patch("boto3.Session", Session):
        code = main(["models", "refresh", "--regions", "us-east-1", "--dry-run"])

    assert code == 0
    assert "- model old.gone" in capsys.readouterr().out
    assert (files / "offered.json").read_bytes() == before


def test_the_account_s_regions_are_those_enabled_that_have_bedrock(capsys: pytest.CaptureFixture[str]) -> None:
    stub = Stubber(boto3.client("ec2", region_name="us-east-1", **KEYS))
    stub.add_client_error("describe_regions", "UnauthorizedOperation", "no")
    stub.activate()

    class Session:
        region_name = None

        def client(self, _service: str, region_name: str) -> Any:
            assert region_name == "us-east-1"
            return stub.client

    with patch("boto3.Session", Session):
        assert main(["models", "refresh"]) == 2

    assert "name them with --regions" in capsys.readouterr().err
