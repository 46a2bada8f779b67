"""What a stack is billed for by the hour: nothing that may cost something is shown as free."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billed_resources.kit_stacks import kit_stacks
from billed_resources.stack_cost import StackCost, cost_of_stacks, total_usd_per_hour
from kit_contract.tags import DEPLOYMENT_TAG, RESOURCE_TAG
from tests.billed_resources import fake_aws, fake_prices
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws, Refused

STACK = "sup-provisioned-throughput"
OURS = {DEPLOYMENT_TAG: "sup", RESOURCE_TAG: f"{STACK}/SupportThing"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    monkeypatch.setattr("billed_resources.cost.price", fake_prices.price)
    made = FakeAws()
    made.add_stack(STACK, "sup")
    made.add_stack("sup-training", "sup")
    return made


def costs(aws: FakeAws) -> list[StackCost]:
    return cost_of_stacks(kit_stacks(aws.client("cloudformation")), aws.clients(), REGION, NOW)


def test_a_throughput_is_priced_with_its_stack_and_no_other(aws: FakeAws) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.add_throughput("sup-more", OURS, modelUnits=2)
    aws.add_throughput("else", {**OURS, RESOURCE_TAG: f"{STACK}-2/SupportThing"})

    throughput, training = costs(aws)

    assert throughput.usd_per_hour == 30.0
    assert throughput.in_words().startswith("30.00 USD an hour; sup-support, 1 x amazon.nova-micro-v1:0:128k, InServ")
    assert training.in_words() == "0.00 USD an hour"
    assert total_usd_per_hour([throughput, training]) == "30.00 USD an hour"


def test_an_unknown_price_makes_the_total_a_lower_bound(aws: FakeAws) -> None:
    aws.add_throughput("mystery", OURS, foundationModelArn=f"arn:aws:bedrock:{REGION}::foundation-model/x.y-v1:0:8k")

    throughput, training = costs(aws)

    assert throughput.in_words().startswith("an unknown price an hour; mystery")
    assert total_usd_per_hour([throughput, training]) == "at least 0.00 USD an hour"
    assert total_usd_per_hour([throughput]) == "an unknown price an hour"


@pytest.mark.parametrize("operation", ["ListProvisionedModelThroughputs", "ListTagsForResource"])
def test_what_cannot_be_read_is_not_free(aws: FakeAws, operation: str) -> None:
    aws.add_throughput("sup-support", OURS)
    aws.refuse[operation] = Refused("AccessDeniedException", "not you")

    throughput, _ = costs(aws)

    assert throughput.usd_per_hour is None
    assert "not listed: " in throughput.in_words() or "the tags of sup-support cannot be read" in throughput.in_words()


def test_a_released_throughput_may_be_bought_again(aws: FakeAws) -> None:
    throughput, _ = costs(aws)

    assert throughput.in_words() == "0.00 USD an hour; its controller buys by its schedule"


def test_custom_models_stay_and_are_billed_by_the_month(aws: FakeAws) -> None:
    model = {"modelArn": fake_aws.MODEL, "modelName": "m", "creationTime": NOW, "baseModelArn": fake_aws.BASE}
    aws.models = [{**model, "baseModelName": "Nova Micro"}]
    aws.tags[fake_aws.MODEL] = {DEPLOYMENT_TAG: "sup"}

    _, training = costs(aws)

    assert (
        training.in_words()
        == "0.00 USD an hour; 1 custom model stays, billed by the month; kit reap shows what is left"
    )


def test_a_commitment_has_its_end_and_its_price(aws: FakeAws) -> None:
    ends = NOW + timedelta(days=20)
    aws.add_throughput("sup-support", OURS, commitmentDuration="OneMonth", commitmentExpirationTime=ends)

    throughput, _ = costs(aws)

    assert "committed until 2026-12-15, 4,800.00 USD left to pay" in throughput.in_words()
