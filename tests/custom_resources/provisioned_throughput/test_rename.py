"""Another name for a throughput, because its customization was renamed: nothing is bought, nothing is released."""

import json
from datetime import timedelta
from typing import Any

import pytest

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.provisioned_throughput.stack import Stack, request, request_after
from tests.provisioned_throughput_controller.aws import NEW_MODEL, PROPERTIES, WEEKDAYS
from tests.provisioned_throughput_controller.bedrock import BASE, MODEL

RENAMED = {"ProvisionedModelName": "sup-help", "Customization": "help"}


@pytest.fixture
def renamed(stack: Stack) -> Stack:
    """The training stack has promoted the model for the new name, and forgot the old one."""
    parameters = stack.aws.parameters
    promoted = parameters.pop("/bedrock-kit/sup/customizations/support/promoted")
    parameters["/bedrock-kit/sup/customizations/help/promoted"] = promoted
    return stack


def rename_request(**more: str) -> Request:
    return request_after(PROPERTIES, "Update", **RENAMED, **more)


def update(stack: Stack, asked: Request) -> Phase:
    """Update, and look every 10 s for at most 5 minutes."""
    stack.resource.update(asked)
    for _ in range(30):
        phase = stack.resource.describe(asked).phase
        if phase is not Phase.IN_PROGRESS:
            return phase
        stack.aws.sleep(10)
    return phase


@pytest.mark.parametrize("commitment", [None, "SixMonths"])
def test_it_is_renamed_in_place_and_keeps_arn_ledger_and_alias(renamed: Stack, commitment: str | None) -> None:
    end = renamed.aws.now + timedelta(days=100) if commitment else None
    item = renamed.there(commitment=commitment, end=end)
    terms = {"CommitmentDuration": commitment} if commitment else {}
    renamed.resource.create(request("Create", **terms))
    renamed.look("Create", **terms)
    before, published = renamed.aws.ledger, renamed.aws.published
    asked = request_after({**PROPERTIES, **terms}, "Update", **RENAMED, **terms)

    assert update(renamed, asked) is Phase.READY

    assert renamed.aws.log == ["rename sup-support sup-help"]
    assert list(renamed.aws.throughputs) == [item["arn"]]
    assert renamed.aws.published == published
    assert (renamed.aws.parameter("capacity/sup-help/ledger"), renamed.aws.ledger) == (before, None)
    # CloudFormation takes another id for a replacement, and would delete the old one.
    assert renamed.resource.physical_id(asked) == "sup-support"


def test_a_rollback_renames_it_back(renamed: Stack) -> None:
    renamed.there()
    update(renamed, rename_request())
    back = request_after({**PROPERTIES, **RENAMED}, "Update")

    assert update(renamed, back) is Phase.READY

    assert renamed.aws.log == ["rename sup-support sup-help", "rename sup-help sup-support"]


def test_the_model_of_another_customization_is_swapped_in(stack: Stack) -> None:
    promoted = json.dumps({"custom_model_arn": NEW_MODEL})
    stack.aws.parameters["/bedrock-kit/sup/customizations/help/promoted"] = promoted
    stack.there()

    update(stack, rename_request())

    assert stack.aws.log == ["rename sup-support sup-help", "swap sup-help bbbbbbbbbbbb"]


def test_while_no_model_is_promoted_it_keeps_what_it_serves(renamed: Stack) -> None:
    """A tick between the two stacks of a rename: the old customization's promotion is forgotten, its models remain."""
    renamed.there()
    newest = {"modelArn": NEW_MODEL, "modelName": "sup-support-0123456789abcdef", "creationTime": renamed.aws.now}
    newest |= {"baseModelArn": BASE, "baseModelName": "Nova Micro"}
    renamed.aws._ListCustomModels = lambda **_: {"modelSummaries": [newest]}  # type: ignore[method-assign]

    renamed.resource.update(request("Update"))

    assert renamed.aws.log == []


def test_one_that_is_being_created_is_renamed_when_it_is_in_service(renamed: Stack) -> None:
    renamed.there(created=renamed.aws.now)

    assert update(renamed, rename_request()) is Phase.READY

    assert renamed.aws.log == ["rename sup-support sup-help"]


def test_a_released_one_takes_its_ledger_along(renamed: Stack) -> None:
    renamed.create(Schedule=str(WEEKDAYS))
    override = {**renamed.aws.ledger, "override": {"wanted": "released", "why": "a person", "who": "me", "until": None}}
    renamed.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(override)

    assert update(renamed, rename_request(Schedule=str(WEEKDAYS))) is Phase.READY

    assert renamed.aws.log == []
    assert renamed.aws.parameter("capacity/sup-help/ledger") == override


def test_during_a_migration_it_is_refused(renamed: Stack) -> None:
    renamed.there()
    ledger = {"state": "bought", "since": renamed.aws.now.isoformat(), "why": "x", "who": "x"}
    ledger |= {"migration": {"model_units": 2, "commitment": None}}  # type: ignore[dict-item]
    renamed.aws.parameters["/bedrock-kit/sup/capacity/sup-support/ledger"] = json.dumps(ledger)

    with pytest.raises(ResourceFailedError, match=r"sup-support is being migrated to 2 model unit.*deploy again when"):
        renamed.resource.update(rename_request())
    assert renamed.aws.log == []


def test_another_size_at_the_same_time_is_refused(renamed: Stack) -> None:
    renamed.there()

    with pytest.raises(ResourceFailedError, match="Bedrock cannot change either"):
        renamed.resource.update(rename_request(ModelUnits="2"))
    assert renamed.aws.log == []


def test_a_delete_after_a_rename_that_failed_finds_it_under_either_name(renamed: Stack) -> None:
    renamed.there(name="sup-help")

    assert renamed.delete() is Phase.GONE

    assert renamed.aws.throughputs == {}


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_another_section_of_the_same_customization_buys_nothing(stack: Stack, kind: str) -> None:
    """The key of the section was renamed: the name is the customization's, the logical id is new."""
    tags = {"bedrock-kit:deployment": "sup", "bedrock-kit:resource": "sup-training/Earlier"}
    stack.there(tags=tags)
    asked = request(kind)

    with pytest.raises(ResourceFailedError, match=r"both would be billed. If you renamed the key .* restore it"):
        (stack.resource.create if kind == "Create" else stack.resource.update)(asked)
    assert stack.aws.log == []


@pytest.mark.parametrize("alias", ["robot", None])
def test_the_old_alias_no_longer_points_to_it(stack: Stack, alias: str | None) -> None:
    item = stack.there()
    stack.look("Create")
    old: dict[str, Any] = {**PROPERTIES, "Alias": "bot"}
    asked = request_after(old, "Update", Alias=alias or "")

    assert update(stack, asked) is Phase.READY

    assert stack.aws.published is None
    if alias:
        assert stack.aws.parameter("aliases/robot/capacity")["target_arn"] == item["arn"]
    assert item["model"] == MODEL


def test_a_section_of_a_base_model_with_another_key_is_not_bought_beside_the_first(stack: Stack) -> None:
    """Its name is that of the section, so it is another throughput; the alias tells that it is the same one."""
    tags = {"bedrock-kit:deployment": "sup", "bedrock-kit:resource": "sup-training/Earlier"}
    earlier = stack.there(name="sup-earlier", model=BASE, tags=tags)
    stack.aws.parameters["/bedrock-kit/sup/aliases/bot/capacity"] = json.dumps({"target_arn": earlier["arn"]})
    model = "amazon.nova-micro-v1:0:128k"

    with pytest.raises(
        ResourceFailedError, match=r"bot is served by .* sup-earlier.* 60\.50 USD an hour more.*restore"
    ):
        stack.create(ModelIdentifier=model)
    assert stack.aws.log == []

    stack.aws.throughputs.clear()
    stack.create(ModelIdentifier=model)
    assert stack.aws.log == ["create sup-support x1 ro-v1:0:128k"]
