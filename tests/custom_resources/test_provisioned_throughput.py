"""Capacity by the hour: never bought twice, never changed by surprise, never left behind unnoticed."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_resources.capacity_parameter import publish_capacity
from custom_resources.lifecycle import Phase, Request, ResourceFailedError
from custom_resources.provisioned_throughput import ProvisionedThroughputResource
from tests.custom_resources.aws import event
from tests.provisioned_capacity.aws import NEW_MODEL, PROPERTIES, WEEKDAYS, FakeAws
from tests.provisioned_capacity.bedrock import BASE, CREATING, MODEL, Refused

OWNER = "sup-training/Thing"
TAGS = {"bedrock-kit:deployment": "sup", "bedrock-kit:alias": "bot", "bedrock-kit:resource": OWNER}
NOVA = "amazon.nova-micro-v1:0:128k"


class Stack:
    """The resource, and what CloudFormation asks of it."""

    def __init__(self) -> None:
        self.aws = FakeAws()
        bedrock, ssm, quotas = (self.aws.client(service) for service in ("bedrock", "ssm", "service-quotas"))
        self.resource = ProvisionedThroughputResource(bedrock, ssm, quotas, lambda: self.aws.now)

    def promoted(self, model: str = MODEL) -> "Stack":
        self.aws.deploy(model=model)  # of what it leaves, the promoted model only
        self.aws.undeploy()
        del self.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"]
        return self

    def there(self, **more: Any) -> dict[str, Any]:
        return self.aws.plant(**{"tags": TAGS, **more})

    def resource_of(self, item: dict[str, Any]) -> Any:
        return self.aws.client("bedrock").get_provisioned_model_throughput(provisionedModelId=item["arn"])

    def create(self, **more: str) -> Phase:
        self.resource.create(request("Create", **more))
        return self.look("Create", **more)

    def look(self, kind: str, **more: str) -> Phase:
        return self.resource.describe(request(kind, **more)).phase

    def delete(self) -> Phase:
        """Asked and polled every 10 s, for 5 minutes at most."""
        asked = request("Delete")
        self.resource.delete(asked)
        for _ in range(30):
            if self.resource.describe(asked).phase is Phase.GONE:
                return Phase.GONE
            self.aws.sleep(10)
            self.resource.delete(asked)
        return Phase.IN_PROGRESS


@pytest.fixture
def stack() -> Stack:
    return Stack().promoted()


def request(kind: str, **more: str) -> Request:
    merged = {**PROPERTIES, **more}
    if "ModelIdentifier" in more:
        merged.pop("Customization")
    return Request.from_event(event(kind, merged))


def test_a_throughput_of_another_resource_is_refused(stack: Stack) -> None:
    stack.there(tags={**TAGS, "bedrock-kit:resource": "sup-training/Other"})

    with pytest.raises(ResourceFailedError, match="bedrock-kit:resource=sup-training/Thing"):
        stack.create()


def test_units_or_commitment_changes_are_refused_before_anything_is_bought(stack: Stack) -> None:
    stack.there()

    with pytest.raises(ResourceFailedError, match="has 1 model units and commitment none, wanted 2 and OneMonth") as no:
        stack.resource.update(request("Update", ModelUnits="2", CommitmentDuration="OneMonth"))

    assert "kit capacity migrate sup-support" in str(no.value)
    assert stack.aws.log == []


def test_rollback_to_what_exists_changes_nothing(stack: Stack) -> None:
    stack.there()

    assert stack.resource.update(request("Update")) == {}
    assert stack.aws.log == []


def test_foundation_model_change_is_refused(stack: Stack) -> None:
    stack.there(model=BASE)

    with pytest.raises(ResourceFailedError, match="changes the model of custom models only"):
        stack.resource.update(request("Update", ModelIdentifier="amazon.nova-lite-v1:0:300k"))


def test_update_of_a_deleted_throughput_buys_no_new_one(stack: Stack) -> None:
    with pytest.raises(ResourceFailedError, match="was deleted outside CloudFormation"):
        stack.resource.update(request("Update"))


def test_unknown_commitment_is_refused(stack: Stack) -> None:
    with pytest.raises(ResourceFailedError, match="one of OneMonth, SixMonths or absent, got 'none'"):
        stack.create(CommitmentDuration="none")


def test_without_enough_units_nothing_is_bought_and_the_codes_are_said(stack: Stack) -> None:
    stack.aws.units_allowed = 2.0
    stack.aws.plant(name="of-others", units=2, tags={})

    with pytest.raises(ResourceFailedError, match=r"L-BE77399C .*: 2 of 2 are in use") as refused:
        stack.create()

    assert "aws service-quotas request-service-quota-increase --service-code bedrock" in str(refused.value)
    assert len(str(refused.value)) <= 900  # what lifecycle.reason lets through
    assert stack.aws.log == []


def test_a_base_model_has_another_quota_and_committed_units_do_not_count(stack: Stack) -> None:
    stack.aws.units_allowed = 0.0
    stack.aws.plant(name="of-others", units=2, tags={}, commitment="OneMonth", end=stack.aws.now)

    with pytest.raises(ResourceFailedError, match=r"L-FE44174A .*: 0 of 0 are in use"):
        stack.create(ModelIdentifier=NOVA)


def test_bedrocks_own_refusal_is_explained(stack: Stack) -> None:
    stack.aws.refuse_create = Refused("ServiceQuotaExceededException", "no model units for Nova")

    with pytest.raises(ResourceFailedError, match=r"its value is 10.*no model units for Nova"):
        stack.create()


def test_another_refusal_is_passed_on(stack: Stack) -> None:
    stack.aws.refuse_create = Refused("ValidationException", "no")

    with pytest.raises(Exception, match="ValidationException"):
        stack.create()


def test_delete_under_commitment_fails_at_once_with_day_cost_and_command(stack: Stack) -> None:
    end = stack.aws.now + timedelta(days=10)
    item = stack.there(commitment="OneMonth", end=end)
    stack.look("Create")

    with pytest.raises(ResourceFailedError) as refused:
        stack.resource.delete(request("Delete"))

    for part in (f"ends on {end.isoformat()}", "at most 14,520.00 USD", f"--provisioned-model-id {item['arn']}"):
        assert part in str(refused.value)
    assert len(str(refused.value)) <= 900
    assert stack.aws.published  # the alias is still served


def test_delete_does_not_forget_what_a_move_left_under_its_commitment(stack: Stack) -> None:
    kept = stack.there(name="sup-support-kept", commitment="OneMonth", end=stack.aws.now + timedelta(days=3))
    ledger = {"state": "bought", "since": stack.aws.now.isoformat(), "why": "x", "who": "x", "kept": kept["arn"]}
    stack.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(ledger)
    with pytest.raises(ResourceFailedError, match=f"--provisioned-model-id {kept['arn']}"):
        stack.resource.delete(request("Delete"))

    stack.aws.now += timedelta(days=4)
    stack.resource.delete(request("Delete"))

    assert stack.aws.throughputs == {}


def test_without_a_price_the_remaining_cost_is_unknown(stack: Stack) -> None:
    stack.there(commitment="OneMonth", end=stack.aws.now + timedelta(days=10))

    with pytest.raises(ResourceFailedError, match="costs an unknown amount"):
        stack.resource.delete(request("Delete", AcceptedHourlyCostUsd=""))


def test_conflict_of_a_throughput_in_service_fails(stack: Stack) -> None:
    stack.there(end=datetime.max.replace(tzinfo=stack.aws.now.tzinfo))  # committed, though Bedrock does not say so

    with pytest.raises(ResourceFailedError, match=r"cannot be deleted before its commitment ends.*committed"):
        stack.resource.delete(request("Delete"))


def test_failed_raises_with_bedrocks_reason(stack: Stack) -> None:
    stack.there(failed="quota")

    with pytest.raises(ResourceFailedError, match="is Failed: quota"):
        stack.look("Create")


def test_unknown_status_raises(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.there()
    monkeypatch.setattr(stack.aws, "status", lambda item: "Napping")

    with pytest.raises(ResourceFailedError, match="unknown status Napping"):
        stack.look("Create")


def test_it_disappeared_while_it_was_made(stack: Stack) -> None:
    stack.create()
    stack.aws.throughputs.clear()

    assert stack.look("Create") is Phase.GONE


def test_before_anything_is_trained_the_deploy_buys_nothing_and_says_why() -> None:
    stack = Stack()

    assert stack.create() is Phase.READY
    assert (stack.aws.ledger["state"], stack.aws.ledger["why"], stack.aws.log) == ("released", "no model yet", [])


@pytest.mark.parametrize(
    ("property_", "value", "why"),
    [("Schedule", str(WEEKDAYS), "waits for its schedule"), ("Expires", "2026-11-30", "expired")],
)
def test_a_schedule_or_a_past_day_leave_the_buying_to_others(
    stack: Stack, property_: str, value: str, why: str
) -> None:
    assert stack.create(**{property_: value}) is Phase.READY
    assert (stack.aws.ledger["why"], stack.aws.log) == (why, [])


def test_absent_on_purpose_an_update_is_fine_whatever_it_changes(stack: Stack) -> None:
    stack.create(Schedule=str(WEEKDAYS))

    stack.resource.update(request("Update", ModelUnits="3"))

    assert stack.look("Update", ModelUnits="3") is Phase.READY
    assert stack.aws.log == []


def test_create_orders_once_then_publishes_the_alias(stack: Stack) -> None:
    assert stack.create() is Phase.IN_PROGRESS
    assert not stack.aws.published
    stack.aws.sleep(CREATING.total_seconds())

    assert stack.look("Create") is Phase.READY
    (item,) = stack.aws.throughputs.values()
    assert item["tags"] == TAGS
    assert (stack.aws.published["target_arn"], stack.aws.published["custom_model_arn"]) == (item["arn"], MODEL)
    assert stack.aws.ledger["state"] == "bought"


def test_a_repeated_create_buys_no_second_one(stack: Stack) -> None:
    stack.create()
    stack.create()

    assert len(stack.aws.log) == 1


def test_a_commitment_is_ordered_as_wished(stack: Stack) -> None:
    stack.create(CommitmentDuration="OneMonth")

    (item,) = stack.aws.throughputs.values()
    assert item["commitment"] == "OneMonth"


def test_a_foundation_model_is_published_as_such(stack: Stack) -> None:
    stack.create(ModelIdentifier=BASE)
    stack.aws.sleep(CREATING.total_seconds())
    stack.look("Create", ModelIdentifier=BASE)

    assert stack.aws.published["model"] == BASE


def test_customization_takes_the_newest_model_of_its_own_before_a_promotion(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack()
    names = {"sup-support-extra-0123456789abcdef": NEW_MODEL, "sup-support-0123456789abcdef": MODEL}
    base = {"creationTime": stack.aws.now, "baseModelArn": BASE, "baseModelName": "x"}
    found = [{"modelArn": arn, "modelName": name, **base} for name, arn in names.items()]
    monkeypatch.setattr(stack.aws, "_ListCustomModels", lambda **_: {"modelSummaries": found})

    stack.create()

    assert stack.aws.log == ["create sup-support x1 aaaaaaaaaaaa"]


def test_a_create_that_died_is_adopted(stack: Stack) -> None:
    stack.there()

    assert stack.create() is Phase.READY
    assert stack.aws.log == []


@pytest.mark.parametrize("old_is_there", [True, False])
def test_a_destroy_in_the_middle_of_a_move_forgets_neither(stack: Stack, old_is_there: bool) -> None:
    if old_is_there:
        stack.there()
        stack.look("Create")
    new = stack.there(name="sup-support-next", units=2)
    publish_capacity(stack.aws.client("ssm"), "sup", "bot", stack.resource_of(new), stack.aws.now)

    assert stack.delete() is Phase.GONE

    assert (stack.aws.throughputs, stack.aws.published) == ({}, None)


def test_a_committed_one_that_a_move_ordered_refuses_the_destroy(stack: Stack) -> None:
    stack.there()
    stack.there(name="sup-support-next", commitment="OneMonth", end=stack.aws.now + timedelta(days=30))

    with pytest.raises(ResourceFailedError, match="sup-support-next cannot be deleted"):
        stack.resource.delete(request("Delete"))
    assert stack.aws.log == []


def test_another_deployments_throughput_of_the_moves_name_is_not_touched(stack: Stack) -> None:
    stack.there(name="sup-support-next", tags={"bedrock-kit:deployment": "other"})

    assert stack.delete() is Phase.GONE
    assert len(stack.aws.throughputs) == 1


def test_update_swaps_the_custom_model_in_place(stack: Stack) -> None:
    stack.there()

    stack.resource.update(request("Update", ModelIdentifier=NEW_MODEL))

    assert stack.aws.log == ["swap sup-support bbbbbbbbbbbb"]


def test_update_leaves_a_promotion_alone_that_is_swapping(stack: Stack) -> None:
    """A deploy with other data starts the training, whose promotion may come before the deploy's own end."""
    item = stack.there()
    item.update(model=MODEL, desired=NEW_MODEL, updated=stack.aws.now)

    assert stack.resource.update(request("Update")) == {}

    assert stack.aws.log == []


def test_delete_sends_callers_away_before_it_deletes(stack: Stack) -> None:
    stack.there()
    stack.look("Create")
    withdrawn = []
    stack.aws.before = lambda operation: withdrawn.append((operation, stack.aws.now))

    assert stack.delete() is Phase.GONE

    times = dict(reversed(withdrawn))  # the first of each
    waited = times["DeleteProvisionedModelThroughput"] - times["DeleteParameter"]
    assert waited >= timedelta(seconds=50)
    assert stack.aws.ledger is None


def test_without_a_caller_nothing_is_waited_for(stack: Stack) -> None:
    stack.there()

    stack.resource.delete(request("Delete"))

    assert stack.aws.throughputs == {}


def test_delete_while_creating_is_asked_again(stack: Stack) -> None:
    stack.create()

    assert stack.delete() is Phase.GONE
    assert stack.aws.throughputs == {}


def test_delete_of_foreign_does_nothing(stack: Stack) -> None:
    stack.there(tags={})

    assert stack.delete() is Phase.GONE
    assert stack.aws.log == []


def test_delete_of_absent_takes_a_parameter_along_that_points_nowhere(stack: Stack) -> None:
    stack.there()
    stack.look("Create")
    stack.aws.throughputs.clear()

    assert stack.delete() is Phase.GONE
    assert stack.aws.published is None


def test_after_a_replacement_the_alias_stays_with_the_new_one(stack: Stack) -> None:
    new = stack.there(name="sup-new")
    old = stack.there()
    stack.aws.parameters["/bedrock-kit/sup/aliases/bot/capacity"] = f'{{"target_arn": "{new["arn"]}"}}'

    assert stack.delete() is Phase.GONE
    assert stack.aws.published == {"target_arn": new["arn"]}
    assert old["arn"] not in stack.aws.throughputs
