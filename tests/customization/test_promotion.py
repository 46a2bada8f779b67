"""Promotion: ownership first, then both ways to serve a model, and the alias."""

import json
from dataclasses import replace

import pytest
from botocore.stub import ANY

from customization.promotion_targets.target import PromotionBusyError, PromotionError
from kit_contract.runs import Run
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, RUN_ID, a_run
from tests.customization.promoting import (
    BOTH,
    DEPLOYMENT_ARN,
    OURS,
    PROVISIONED,
    THROUGHPUT_ARN,
    Promoting,
    update_details,
)

NOW = "2026-11-24T00:00:00Z"
ANY_VALUE = {"Name": ANY, "Value": ANY, "Type": "String", "Overwrite": True}


@pytest.mark.parametrize("tags", [[], [{"key": "bedrock-kit:deployment", "value": "another"}]])
def test_a_deployment_of_another_owner_is_not_changed(tags: list[dict[str, str]]) -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN).with_tags(DEPLOYMENT_ARN, tags)

    with pytest.raises(
        PromotionError, match=r"is not ours: tag bedrock-kit:deployment must be sup, got (no such tag|another);"
    ):
        promoting.promote(a_run())


def test_a_throughput_of_another_owner_is_not_changed() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN).with_tags(THROUGHPUT_ARN, [])

    with pytest.raises(PromotionError, match="is not ours"):
        promoting.promote(PROVISIONED)


@pytest.mark.parametrize(
    ("operation", "run"),
    [("get_custom_model_deployment", a_run()), ("get_provisioned_model_throughput", PROVISIONED)],
)
def test_a_target_that_the_role_may_not_read_is_not_created_or_left_out(operation: str, run: Run) -> None:
    promoting = Promoting()
    promoting.bedrock.add_client_error(operation, "AccessDeniedException", "not authorized to perform")

    with pytest.raises(PromotionError, match=r"sup-support is not ours: .*bedrock-kit:deployment=sup.*not authorized"):
        promoting.promote(run)


def test_a_released_throughput_is_left_to_its_next_purchase() -> None:
    promoting = Promoting().without("get_provisioned_model_throughput")

    assert promoting.promote(PROVISIONED) == {"target_arn": ""}


def test_a_busy_throughput_delays_the_promotion_of_a_deployment_too() -> None:
    promoting = Promoting().with_deployment(MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS)
    promoting.with_throughput(OTHER_MODEL_ARN, status="Creating").with_tags(THROUGHPUT_ARN, OURS)

    with pytest.raises(PromotionBusyError):
        promoting.promote(BOTH)


@pytest.mark.parametrize(
    ("status", "more"),
    [("Creating", {}), ("Active", {"updateDetails": update_details("Updating", OTHER_MODEL_ARN)})],
)
def test_a_promotion_waits_for_another_one(status: str, more: dict[str, object]) -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN, status, **more).with_tags(DEPLOYMENT_ARN, OURS)

    with pytest.raises(PromotionBusyError, match="sup-support is being created, updated or deleted"):
        promoting.promote(a_run())


@pytest.mark.parametrize("status", ["Creating", "Updating"])
def test_a_promotion_waits_for_a_changing_throughput(status: str) -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, status=status).with_tags(THROUGHPUT_ARN, OURS)

    with pytest.raises(PromotionBusyError):
        promoting.promote(PROVISIONED)


def test_a_customization_that_was_removed_during_its_run_takes_no_target() -> None:
    promoting = Promoting()
    promoting.ssm.add_client_error("get_parameter", "ParameterNotFound")

    with pytest.raises(PromotionError, match=r"support was removed from deployment\.toml; its model is kept"):
        promoting.promotion.promote(a_run(), MODEL_ARN)


def test_the_first_promotion_creates_a_tagged_deployment() -> None:
    promoting = Promoting().without("get_custom_model_deployment")
    expected = {
        "modelDeploymentName": "sup-support",
        "modelArn": MODEL_ARN,
        "tags": OURS,
        "clientRequestToken": a_run().token,
    }
    answer = {"customModelDeploymentArn": DEPLOYMENT_ARN}
    promoting.bedrock.add_response("create_custom_model_deployment", answer, expected)

    assert promoting.promote(a_run()) == {"target_arn": DEPLOYMENT_ARN}


def test_a_later_promotion_updates_the_deployment_in_place() -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS)
    expected = {"customModelDeploymentIdentifier": DEPLOYMENT_ARN, "modelArn": MODEL_ARN}
    answer = {"customModelDeploymentArn": DEPLOYMENT_ARN}
    promoting.bedrock.add_response("update_custom_model_deployment", answer, expected)

    assert promoting.promote(a_run()) == {"target_arn": DEPLOYMENT_ARN}


def test_a_deployment_that_serves_the_model_is_unchanged() -> None:
    assert Promoting().with_deployment(MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS).promote(a_run()) == {
        "target_arn": DEPLOYMENT_ARN
    }


def test_a_throughput_is_updated_in_place() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN).with_tags(THROUGHPUT_ARN, OURS)
    expected = {"provisionedModelId": THROUGHPUT_ARN, "desiredModelId": MODEL_ARN}
    promoting.bedrock.add_response("update_provisioned_model_throughput", {}, expected)

    assert promoting.promote(PROVISIONED) == {"target_arn": THROUGHPUT_ARN}


def test_a_throughput_that_is_changing_to_the_model_is_unchanged() -> None:
    promoting = Promoting().with_throughput(OTHER_MODEL_ARN, MODEL_ARN, "Updating").with_tags(THROUGHPUT_ARN, OURS)

    assert promoting.promote(PROVISIONED) == {"target_arn": THROUGHPUT_ARN}


def test_the_model_is_swapped_behind_deployment_and_throughput() -> None:
    promoting = Promoting().with_deployment(OTHER_MODEL_ARN).with_tags(DEPLOYMENT_ARN, OURS)
    answer = {"customModelDeploymentArn": DEPLOYMENT_ARN}
    update = {"customModelDeploymentIdentifier": DEPLOYMENT_ARN, "modelArn": MODEL_ARN}
    promoting.bedrock.add_response("update_custom_model_deployment", answer, update)
    promoting.with_throughput(OTHER_MODEL_ARN).with_tags(THROUGHPUT_ARN, OURS)
    swap = {"provisionedModelId": THROUGHPUT_ARN, "desiredModelId": MODEL_ARN}
    promoting.bedrock.add_response("update_provisioned_model_throughput", {}, swap)

    assert promoting.promote(BOTH) == {"target_arn": DEPLOYMENT_ARN}


@pytest.mark.parametrize("run", [a_run(), BOTH])
def test_publishing_writes_what_was_promoted_and_what_serves_the_alias(run: Run) -> None:
    promoting = Promoting().with_settings(run)
    expect_promoted(promoting)
    value = {
        "target_arn": DEPLOYMENT_ARN,
        "kind": "custom-model-deployment",
        "custom_model_arn": MODEL_ARN,
        "base_model": "amazon.nova-micro-v1:0:128k",
        "run_id": RUN_ID,
        "published_at": NOW,
    }
    expect_parameter(promoting, "/bedrock-kit/sup/aliases/support-bot/serving", value)

    result = promoting.promotion.publish(run, MODEL_ARN, DEPLOYMENT_ARN, now=NOW)

    assert result == {"alias": "support-bot", "target_arn": DEPLOYMENT_ARN}
    promoting.ssm.assert_no_pending_responses()


def test_publishing_leaves_the_alias_of_a_provisioned_model_to_the_throughput() -> None:
    promoting = Promoting().with_settings(PROVISIONED)
    expect_promoted(promoting)

    promoting.promotion.publish(PROVISIONED, MODEL_ARN, THROUGHPUT_ARN, now=NOW)

    promoting.ssm.assert_no_pending_responses()


def test_an_alias_that_was_renamed_during_the_run_is_the_one_that_is_published() -> None:
    """Callers of the old name would get the model, and those of the new one nothing until the next deploy."""
    promoting = Promoting().with_settings(a_run(alias="robot"))
    expect_promoted(promoting)
    promoting.ssm.add_response("put_parameter", {}, {**ANY_VALUE, "Name": "/bedrock-kit/sup/aliases/robot/serving"})

    assert promoting.promotion.publish(a_run(), MODEL_ARN, DEPLOYMENT_ARN, now=NOW)["alias"] == "robot"
    promoting.ssm.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("run", "why", "expected"),
    [
        (a_run(), "worse than what served", "worse than what served"),
        (replace(a_run(), chosen="rolled back by Ada"), "", "rolled back by Ada"),
    ],
)
def test_the_history_says_why_another_model_than_that_of_the_settings_was_promoted(
    run: Run, why: str, expected: str
) -> None:
    promoting = Promoting().with_settings(run)
    promoted = {"custom_model_arn": MODEL_ARN, "run_id": RUN_ID, "promoted_at": NOW, "why": expected}
    expect_parameter(promoting, "/bedrock-kit/sup/customizations/support/promoted", promoted)
    promoting.ssm.add_response("put_parameter", {}, ANY_VALUE)

    promoting.promotion.publish(run, MODEL_ARN, DEPLOYMENT_ARN, now=NOW, why=why)

    promoting.ssm.assert_no_pending_responses()


def expect_promoted(promoting: Promoting) -> None:
    promoted = {"custom_model_arn": MODEL_ARN, "run_id": RUN_ID, "promoted_at": NOW}
    expect_parameter(promoting, "/bedrock-kit/sup/customizations/support/promoted", promoted)


def expect_parameter(promoting: Promoting, name: str, value: dict[str, str]) -> None:
    expected = {"Name": name, "Value": json.dumps(value), "Type": "String", "Overwrite": True}
    promoting.ssm.add_response("put_parameter", {}, expected)
