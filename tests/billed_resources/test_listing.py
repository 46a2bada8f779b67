"""Listing: every page, what each resource costs, and lists that fail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from billed_resources.listing import Listing, list_billed
from billed_resources.resource import BilledResource, Kind
from model_catalog.prices import prices
from tests.billed_resources import fake_prices
from tests.billed_resources.fake_aws import ACCOUNT, BASE, MODEL, NOW, PAGE, REGION, FakeAws, Refused


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    return FakeAws()


def listing(aws: FakeAws) -> Listing:
    return list_billed(aws.clients(), REGION, NOW)


def one(aws: FakeAws) -> BilledResource:
    (found,) = listing(aws).resources
    return found


def test_every_page_is_read(aws: FakeAws) -> None:
    for number in range(3 * PAGE + 1):
        aws.add_throughput(f"t-{number}", {})
    ids = [f"collection-{number:03d}" for number in range(PAGE + 1)]
    arn = f"arn:aws:aoss:{REGION}:{ACCOUNT}:collection"
    aws.collections = [{"id": name, "name": name, "status": "ACTIVE", "arn": f"{arn}/{name}"} for name in ids]

    found = listing(aws)

    assert found.failures == {}
    assert len({item.arn for item in found.resources}) == 3 * PAGE + 1 + PAGE + 1


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 240.0),
        ({"modelUnits": 2, "desiredModelUnits": 3}, 720.0),
        ({"foundationModelArn": BASE.replace("nova-micro", "nova-nobody")}, None),
        ({"commitmentDuration": "OneMonth"}, 240.0),
        ({"commitmentDuration": "SixMonths"}, None),  # no price is known for it: not that without commitment
        ({"status": "Failed"}, None),
    ],
)
def test_provisioned_throughput_costs_its_units_or_is_unknown(
    aws: FakeAws, more: dict[str, Any], expected: float | None
) -> None:
    aws.add_throughput("a", {}, **more)

    assert one(aws).usd_per_day == expected


def test_a_commitment_says_when_it_ends_and_what_it_still_costs(aws: FakeAws) -> None:
    ends = NOW + timedelta(days=10)
    aws.add_throughput("a", {}, commitmentDuration="OneMonth", commitmentExpirationTime=ends)

    commitment = one(aws).commitment

    assert commitment
    assert commitment.ends == ends
    assert commitment.usd_left == pytest.approx(2_400)


def test_a_commitment_that_ended_is_none(aws: FakeAws) -> None:
    aws.add_throughput("a", {}, commitmentDuration="OneMonth", commitmentExpirationTime=NOW)

    assert one(aws).commitment is None


def test_each_other_kind_says_how_it_is_billed(aws: FakeAws) -> None:
    aws.endpoints = [
        {
            "endpointArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/llama",
            "modelSourceIdentifier": f"arn:aws:sagemaker:{REGION}:aws:hub-content/x",
            "createdAt": NOW,
            "updatedAt": NOW,
        }
    ]
    aws.imported = [
        {
            "modelArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:imported-model/abcdefghijkl",
            "modelName": "qwen",
            "creationTime": NOW,
        }
    ]
    aws.models = [
        {"modelArn": MODEL, "modelName": "m", "creationTime": NOW, "baseModelArn": BASE, "baseModelName": "Nova Micro"}
    ]
    aws.deployments = [
        {
            "customModelDeploymentArn": f"arn:aws:bedrock:{REGION}:{ACCOUNT}:custom-model-deployment/abcdefghijkl",
            "customModelDeploymentName": "d",
            "modelArn": MODEL,
            "createdAt": NOW,
            "status": "Active",
        }
    ]

    found = {item.kind: item for item in listing(aws).resources}

    assert {kind: item.hourly for kind, item in found.items()} == {
        Kind.MARKETPLACE_ENDPOINT: True,
        Kind.IMPORTED_MODEL: False,
        Kind.CUSTOM_MODEL: False,
        Kind.CUSTOM_MODEL_DEPLOYMENT: False,
    }
    assert found[Kind.MARKETPLACE_ENDPOINT].what == "2 x ml.g5.2xlarge"
    assert found[Kind.MARKETPLACE_ENDPOINT].usd_per_day is None
    assert found[Kind.IMPORTED_MODEL].usd_per_day == pytest.approx(2 * 3 * 12 / 365)
    assert found[Kind.IMPORTED_MODEL].what.endswith("2 units a copy")
    assert found[Kind.CUSTOM_MODEL].usd_per_day == pytest.approx(2 * 12 / 365)
    assert found[Kind.CUSTOM_MODEL_DEPLOYMENT].usd_per_day == 0


@pytest.mark.parametrize("operation", ["ListCollections", "ListMarketplaceModelEndpoints", "ListCustomModels"])
def test_a_list_that_fails_does_not_hide_the_others(aws: FakeAws, operation: str) -> None:
    aws.add_throughput("a", {})
    aws.refuse[operation] = Refused("AccessDeniedException", "not you")

    found = listing(aws)

    assert [item.name for item in found.resources] == ["a"]
    assert [operation in reason and "not you" in reason for reason in found.failures.values()] == [True]


def test_the_catalog_knows_prices_of_these_kinds() -> None:
    kinds = {found.kind: found.per for found in prices()}

    assert (kinds["provisioned_hour"], kinds["custom_model_month"]) == ("hour", "month")
