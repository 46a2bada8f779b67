"""An Update swaps custom models in place and refuses every other change."""

import pytest

from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.provisioned_throughput.stack import Stack, request
from tests.provisioned_throughput_controller.aws import NEW_MODEL, WEEKDAYS
from tests.provisioned_throughput_controller.bedrock import BASE, MODEL


def test_units_or_commitment_changes_are_refused_before_anything_is_bought(stack: Stack) -> None:
    stack.there()

    with pytest.raises(ResourceFailedError, match="has 1 model unit and commitment none, wanted 2 and OneMonth") as no:
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


def test_absent_on_purpose_an_update_is_fine_whatever_it_changes(stack: Stack) -> None:
    stack.create(Schedule=str(WEEKDAYS))

    stack.resource.update(request("Update", ModelUnits="3"))

    assert stack.look("Update", ModelUnits="3") is Phase.READY
    assert stack.aws.log == []


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
